using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Wire;

namespace Rules.Ledger;

/// <summary>What an account has, as JSON: the same members for the service and for stories.</summary>
public static class BalanceJson
{
    /// <summary>Account, instant, credits per bucket, cycle and every grant that still matters.</summary>
    public static byte[] Write(AccountBalance account) => WireWriter.Write(account, static (json, account) =>
    {
        json.WriteStartObject();
        json.WriteString("account"u8, account.Id);
        json.WriteInstant("at"u8, account.At);
        json.WriteString("credit"u8, account.CreditName);
        json.WriteCycle(account.Cycle);
        json.WriteBalances(account.Buckets, account.Decimals);
        json.WriteUnits("carried"u8, account.Carried, account.Decimals);
        json.WriteUnits("held"u8, account.Held, account.Decimals);
        json.WriteUnits("owed"u8, account.Owed, account.Decimals);
        json.WriteUnits("postpaid"u8, account.Postpaid, account.Decimals);
        json.WriteStartArray("lots"u8);
        foreach (var state in account.Lots)
        {
            json.WriteLot(state, account.Decimals);
        }

        json.WriteEndArray();
        if (!account.Debts.IsEmpty)
        {
            json.WriteStartArray("debts"u8);
            foreach (var debt in account.Debts)
            {
                json.WriteDebt(debt, account.Decimals);
            }

            json.WriteEndArray();
        }

        if (!account.Alerts.IsEmpty)
        {
            json.WriteStartArray("alerts"u8);
            foreach (var alert in account.Alerts)
            {
                json.WriteStanding(alert);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    /// <summary>What became of a lot's credits; the first is the sum of the others.</summary>
    public static void WriteParts(
        this Utf8JsonWriter json, int decimals, long granted, long available, long held, long spent, long expired, long moved)
    {
        json.WriteUnits("granted"u8, granted, decimals);
        json.WriteUnits("available"u8, available, decimals);
        json.WriteUnits("held"u8, held, decimals);
        json.WriteUnits("spent"u8, spent, decimals);
        json.WriteUnits("expired"u8, expired, decimals);
        json.WriteUnits("moved"u8, moved, decimals);
    }

    private static void WriteStanding(this Utf8JsonWriter json, AlertStep alert)
    {
        json.WriteStartObject();
        json.WriteString("alert"u8, alert.Alert.Name);
        json.WriteString("figure"u8, alert.Level.Figure == LevelFigure.Used ? "used"u8 : "left"u8);
        json.WriteString("threshold"u8, alert.Threshold.ToString());
        json.WriteString("reached"u8, alert.After.ToString());
        json.WriteString("text"u8, alert.Text);
        json.WriteEndObject();
    }

    private static void WriteDebt(this Utf8JsonWriter json, DebtState debt, int decimals)
    {
        json.WriteStartObject();
        json.WriteNumber("debt"u8, debt.Debt.Number);
        json.WriteString("action"u8, debt.Debt.Action);
        json.WriteInstant("at"u8, debt.Debt.OwedAt);
        json.WriteUnits("amount"u8, debt.Debt.Amount, decimals);
        json.WriteUnits("left"u8, debt.Left, decimals);
        json.WriteEndObject();
    }

    private static void WriteLot(this Utf8JsonWriter json, LotState state, int decimals)
    {
        var lot = state.Lot;
        json.WriteStartObject();
        json.WriteNumber("lot"u8, lot.Number);
        json.WriteString("id"u8, lot.Id);
        json.WriteString("bucket"u8, lot.Bucket);
        json.WriteString("origin"u8, WireNames.Of(lot.Origin));
        json.WriteInstant("effective"u8, lot.EffectiveAt);
        if (lot.ExpiresAt is { } expires)
        {
            json.WriteInstant("expires"u8, expires);
        }

        json.WriteParts(decimals, state.Granted, state.Available, state.Held, state.Spent, state.Expired, state.Moved);
        json.WriteEndObject();
    }
}
