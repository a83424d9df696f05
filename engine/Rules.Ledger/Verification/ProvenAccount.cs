using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Verification;

/// <summary>
/// An account as its entries up to one of them make it: what a checkpoint holds, and where a proof goes on from. Written as JSON whose members
/// stand in one order, so that the same account is the same bytes.
/// </summary>
internal sealed record ProvenAccount
{
    /// <summary>Rises when an older text can no longer be read; such a checkpoint is passed over.</summary>
    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions _json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new InstantConverter(), new WallTimeConverter(), new DecimalConverter() },
    };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Every lot, in order of number.</summary>
    public required ImmutableArray<LotState> Lots { get; init; }

    /// <summary>Open debts, in order of number.</summary>
    public required ImmutableArray<DebtState> Debts { get; init; }

    /// <summary>Numbers, ascending.</summary>
    public required ImmutableArray<long> OpenHolds { get; init; }

    public required long NextLot { get; init; }

    public required long Available { get; init; }

    /// <summary>When the last of the entries was recorded.</summary>
    public required Instant RecordedAt { get; init; }

    /// <summary>What the rules made of the commands; null where they cannot be run again from here.</summary>
    public AccountState? State { get; init; }

    public ImmutableArray<ScopeState> Scopes { get; init; } = [];

    [JsonIgnore]
    public int Rows => Lots.Length + Debts.Length + OpenHolds.Length + Scopes.Length;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, _json);

    public static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var packing = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            packing.Write(text);
        }

        return packed.ToArray();
    }

    /// <summary>The account of a checkpoint; null where it was written by a program of another format.</summary>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    public static ProvenAccount? Read(ReadOnlyMemory<byte> packed, ReadOnlySpan<byte> sha256)
    {
        try
        {
            using var unpacking = new DeflateStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            using var text = new MemoryStream();
            unpacking.CopyTo(text);
            if (!SHA256.HashData(text.ToArray()).AsSpan().SequenceEqual(sha256))
            {
                throw new InvalidDataException("its content is not that of its hash");
            }

            text.Position = 0;
            return JsonSerializer.Deserialize<FormatOnly>(text.ToArray(), _json)?.Format == CurrentFormat ? JsonSerializer.Deserialize<ProvenAccount>(text, _json) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            throw new InvalidDataException($"its content cannot be read: {e.Message}", e);
        }
    }

#pragma warning disable CA1812 // Made by the reader.
    private sealed record FormatOnly(int Format);
#pragma warning restore CA1812

    private sealed class InstantConverter : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Instants.FromMicroseconds(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteNumberValue(Instants.ToMicroseconds(value));
    }

    private sealed class WallTimeConverter : JsonConverter<LocalDateTime>
    {
        public override LocalDateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Instants.FromAnchor(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, LocalDateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Instants.ToAnchor(value));
    }

    private sealed class DecimalConverter : JsonConverter<ExactDecimal>
    {
        public override ExactDecimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ExactDecimal.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, ExactDecimal value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
