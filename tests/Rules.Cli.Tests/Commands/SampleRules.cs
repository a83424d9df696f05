namespace Rules.Cli.Tests.Commands;

internal static class SampleRules
{
    /// <summary>A ruleset with a bucket, a graduated price and two examples that hold.</summary>
    public const string Sound = """
        language 1
        ruleset sample version 1 effective 2026-01-01
          timezone "UTC"

        credit "credit" to 3 decimals, rounding half up

        account shop

        list model
          "Small"
          "Large"

        meter page whole

        action scan keyed by batch
          measures page
        action reply
          has model from model
        free action train

        price scan
          per page, graduated within each batch
            base        0.01 credits
            over 1,000  0.004 credits  60% off
        price reply by model
          "Small"  1 credit
          "Large"  5 credits

        bucket included from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires

        consume included, then prepaid

        cycle monthly

        plan Team grants 20 credits every month into included

        at zero
          block reply, scan until renewal or purchase
          if short refuse

        example "a batch of 1,500 pages"
          given plan Team
          do scan of 1,500 pages
          expect 12 credits from included
        example "replies"
          given plan Team
          do reply with model "Small"
          expect 1 credit
          do reply with model "Large"
          expect 5 credits

        """;
}
