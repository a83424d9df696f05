using System.Text;
using Rules.Portal.Display;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Display;

public sealed class ExplanationTests
{
    private const string Answer = """
        {"outcome":"charged","exact":"8.95","charge":"8.95","listed":"8.95","ruleset":"biodock","version":1,"meaning":"sha256:0",
         "draws":[{"bucket":"included","lot":3,"amount":"8.95"}],"short":"0",
         "steps":[{"text":"1,000 images at 0.001","formula":"1,000 × 0.001","file":"biodock.v1.rules","line":29,"amount":"1","applied":true},
                  {"text":"no image over 5,000 at 0.0002","file":"biodock.v1.rules","line":31,"applied":false}],
         "alerts":["80 percent used"],"balances":{"included":"1.05"}}
        """;

    [Fact]
    public void Steps_are_read_as_the_evaluation_told_them()
    {
        var explanation = Explanation.Read(Encoding.UTF8.GetBytes(Answer));
        explanation.Steps.ShouldBe(
        [
            new ExplanationStep(1, "1,000 images at 0.001", "1,000 × 0.001", "1", 29, Applied: true) { File = "biodock.v1.rules" },
            new ExplanationStep(2, "no image over 5,000 at 0.0002", null, null, 31, Applied: false) { File = "biodock.v1.rules" },
        ]);
    }

    [Fact]
    public void Charge_and_alerts_are_read()
    {
        var explanation = Explanation.Read(Encoding.UTF8.GetBytes(Answer));
        explanation.Charge.ShouldBe("8.95");
        explanation.Alerts.ShouldBe(["80 percent used"]);
    }

    [Fact]
    public void Facts_come_in_the_order_action_quantities_facts_keys_record()
    {
        const string Usage = """
            {"account":"acme","at":"2026-05-01T10:00:00Z","action":"analysis","facts":{"tile-size":"1000"},
             "quantities":{"image":6000,"crop":"120000"},"keys":{"run":"r-17"},"record":{"project":"p1"}}
            """;
        Explanation.ReadFacts(Encoding.UTF8.GetBytes(Usage)).ShouldBe(
        [
            new ExplanationFact("action", "analysis", IsNumber: false),
            new ExplanationFact("image", "6000", IsNumber: true),
            new ExplanationFact("crop", "120000", IsNumber: true),
            new ExplanationFact("tile-size", "1000", IsNumber: false),
            new ExplanationFact("run", "r-17", IsNumber: false),
            new ExplanationFact("project", "p1", IsNumber: false),
        ]);
    }
}
