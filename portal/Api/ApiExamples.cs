namespace Rules.Portal.Api;

/// <summary>Bodies shown in the description of the interface. The requests run as they stand against the sample company.</summary>
internal static class ApiExamples
{
    public const string Event = """
        {
          "account": "sample-lab",
          "action": "analysis",
          "quantities": {"image": "6000", "crop": "120000"},
          "keys": {"run": "my-first-run"}
        }
        """;

    public const string Quote = """
        {
          "outcome": "charged", "exact": "8.95", "charge": "8.95", "listed": "8.95",
          "ruleset": "biodock", "version": 1, "meaning": "sha256:…",
          "draws": [], "short": "0",
          "steps": [
            {"text": "1,000 images at 0.001", "formula": "1,000 × 0.001", "file": "biodock.v1.rules", "line": 29, "amount": "1", "applied": true}
          ],
          "alerts": [], "balances": {}
        }
        """;

    public const string Charge = """
        {
          "outcome": "charged", "exact": "8.95", "charge": "8.95", "listed": "8.95",
          "ruleset": "biodock", "version": 1, "meaning": "sha256:…",
          "draws": [], "short": "0",
          "steps": [
            {"text": "1,000 images at 0.001", "formula": "1,000 × 0.001", "file": "biodock.v1.rules", "line": 29, "amount": "1", "applied": true}
          ],
          "alerts": [], "balances": {},
          "entry": 42, "explain_url": "/accounts/sample-lab/entries/42"
        }
        """;

    public const string NewAccount = """
        {"account": "acme", "ruleset": "bookbag", "plan": "Hobby", "facts": {"deployment": "cloud"}}
        """;

    public const string Account = """
        {
          "account": "acme", "ruleset": "bookbag", "version": 1, "plan": "Hobby",
          "cycle": {"number": 0, "start": "2026-05-01T10:00:00Z", "end": "2026-06-01T10:00:00Z"},
          "balances": {"allotment": "2000"}, "entry": 1, "explain_url": "/accounts/acme/entries/1"
        }
        """;

    public const string NewGrant = """
        {"account": "acme", "id": "goodwill-1", "bucket": "allotment", "amount": "50"}
        """;

    public const string Grant = """
        {
          "id": "goodwill-1", "bucket": "allotment", "lot": 2, "amount": "50",
          "effective": "2026-05-03T10:00:00Z", "expires": "2026-06-01T10:00:00Z", "balances": {"allotment": "2050"},
          "entry": 3, "explain_url": "/accounts/acme/entries/3"
        }
        """;

    public const string Balance = """
        {
          "account": "acme", "at": "2026-05-03T10:00:00Z", "credit": "credit",
          "cycle": {"number": 0, "start": "2026-05-01T10:00:00Z", "end": "2026-06-01T10:00:00Z"},
          "balances": {"allotment": "1995"}, "carried": "0", "held": "0", "owed": "0", "postpaid": "0",
          "lots": [{
            "lot": 1, "id": "plan:Hobby:allotment:0", "bucket": "allotment", "origin": "plan",
            "effective": "2026-05-01T10:00:00Z", "expires": "2026-06-01T10:00:00Z",
            "granted": "2000", "available": "1995", "held": "0", "spent": "5", "expired": "0", "moved": "0"
          }]
        }
        """;

    public const string EntryPage = """
        {
          "entries": [{
            "entry": 2, "account": "acme", "kind": "charge", "amount": "5", "balance_after": "1995", "ruleset": "bookbag", "version": 1,
            "action": "reply", "outcome": "charged", "at": "2026-05-02T08:00:00Z", "recorded_at": "2026-05-02T08:00:01.25Z",
            "idempotency_key": "reply-8c1f", "explain_url": "/accounts/acme/entries/2"
          }],
          "next": null
        }
        """;

    public const string BulkQuotes = """
        {
          "items": [
            {"account": "sample-lab", "action": "analysis", "quantities": {"image": "6000", "crop": "120000"}, "keys": {"run": "bulk-1"}},
            {"account": "sample-lab", "action": "analysis", "quantities": {"image": "1", "crop": "0"}, "keys": {"run": "bulk-2"}}
          ]
        }
        """;

    public const string BulkCharges = """
        {
          "items": [
            {"idempotency_key": "bulk-1", "account": "sample-lab", "action": "analysis", "quantities": {"image": "6000", "crop": "120000"}, "keys": {"run": "bulk-1"}},
            {"idempotency_key": "bulk-2", "account": "sample-lab", "action": "analysis", "quantities": {"image": "1", "crop": "0"}, "keys": {"run": "bulk-2"}}
          ]
        }
        """;

    public const string NewHold = """
        {"account": "acme", "id": "reply-77", "action": "reply", "facts": {"model": "GPT-4o"}, "record": {"agent": "support", "conversation": "c-1"}}
        """;

    public const string Hold = """
        {
          "hold": "reply-77", "held": "5", "expires": "2026-05-03T10:00:00Z",
          "outcome": "charged", "exact": "5", "charge": "5", "listed": "5", "ruleset": "bookbag", "version": 1, "meaning": "sha256:…",
          "draws": [{"bucket": "allotment", "lot": 1, "amount": "5"}], "short": "0",
          "steps": [{"text": "GPT-4o: 5 credits", "file": "bookbag.v1.rules", "line": 28, "amount": "5", "applied": true}],
          "alerts": [], "balances": {"allotment": "1995"}, "entry": 3, "explain_url": "/accounts/acme/entries/3"
        }
        """;

    public const string NewCapture = """
        {"account": "acme", "id": "reply-77", "amount": "3"}
        """;

    public const string Settlement = """
        {
          "hold": "reply-77", "settled": "captured", "held": "5", "charged": "3", "returned": "2",
          "back": [{"bucket": "allotment", "lot": 1, "amount": "2", "to": "lot"}],
          "quote": {
            "outcome": "charged", "exact": "3", "charge": "3", "listed": "3", "ruleset": "bookbag", "version": 1, "meaning": "sha256:…",
            "draws": [{"bucket": "allotment", "lot": 1, "amount": "3"}], "short": "0",
            "steps": [{"text": "3 as stated", "amount": "3", "applied": true}], "alerts": [], "balances": {"allotment": "1997"}
          },
          "balances": {"allotment": "1997"}, "entry": 4, "explain_url": "/accounts/acme/entries/4"
        }
        """;

    public const string NewRelease = """
        {"account": "acme", "id": "reply-77"}
        """;

    public const string Released = """
        {
          "hold": "reply-77", "settled": "released", "held": "5", "charged": "0", "returned": "5",
          "back": [{"bucket": "allotment", "lot": 1, "amount": "5", "to": "lot"}],
          "balances": {"allotment": "2000"}, "entry": 4, "explain_url": "/accounts/acme/entries/4"
        }
        """;

    public const string NewReversal = """
        {"account": "acme", "id": "reply-8c1f"}
        """;

    public const string Reversal = """
        {
          "use": "reply-8c1f", "amount": "5", "back": [{"bucket": "allotment", "lot": 1, "amount": "5", "to": "lot"}], "lost": "0",
          "balances": {"allotment": "2000"}, "entry": 5, "explain_url": "/accounts/acme/entries/5"
        }
        """;

    public const string NewRefund = """
        {"account": "acme", "amount": "5"}
        """;

    public const string Refund = """
        {
          "amount": "5", "back": [{"bucket": "allotment", "lot": 1, "amount": "5", "to": "lot"}], "lost": "0",
          "balances": {"allotment": "2000"}, "entry": 5, "explain_url": "/accounts/acme/entries/5"
        }
        """;

    public const string Correction = """
        {
          "account": "sample-lab", "at": "2026-05-01T10:00:00Z", "action": "analysis",
          "quantities": {"image": "10", "crop": "0"}, "keys": {"run": "my-first-run"}
        }
        """;

    public const string NewVoid = """
        {"account": "acme", "id": "goodwill-1"}
        """;

    public const string VoidedGrant = """
        {
          "id": "goodwill-1", "bucket": "allotment", "lot": 2, "voided": "50", "balances": {"allotment": "2000"},
          "entry": 6, "explain_url": "/accounts/acme/entries/6"
        }
        """;

    public const string NewReplacement = """
        {"account": "acme", "grant": "goodwill-1", "id": "goodwill-2", "amount": "80"}
        """;

    public const string Replacement = """
        {
          "ended": 2, "lapsed": "50", "id": "goodwill-2", "bucket": "allotment", "lot": 3, "amount": "80",
          "effective": "2026-05-03T10:00:00Z", "expires": "2026-06-01T10:00:00Z", "balances": {"allotment": "2080"},
          "entry": 6, "explain_url": "/accounts/acme/entries/6"
        }
        """;

    public const string BulkHolds = """
        {"items": [{"idempotency_key": "hold-77", "account": "acme", "id": "reply-77", "action": "reply", "facts": {"model": "GPT-4o"}}]}
        """;

    public const string BulkCaptures = """
        {"items": [{"idempotency_key": "capture-77", "account": "acme", "id": "reply-77", "amount": "3"}]}
        """;

    public const string BulkReleases = """
        {"items": [{"idempotency_key": "release-77", "account": "acme", "id": "reply-77"}]}
        """;

    public const string BulkReversals = """
        {"items": [{"idempotency_key": "undo-8c1f", "account": "acme", "id": "reply-8c1f"}]}
        """;

    public const string BulkRefunds = """
        {"items": [{"idempotency_key": "refund-1", "account": "acme", "amount": "5"}]}
        """;

    public const string BulkAccounts = """
        {"items": [{"idempotency_key": "open-acme", "account": "acme", "ruleset": "bookbag", "plan": "Hobby"}]}
        """;

    public const string BulkGrants = """
        {"items": [{"idempotency_key": "grant-1", "account": "acme", "id": "goodwill-1", "bucket": "allotment", "amount": "50"}]}
        """;

    public const string BulkVoids = """
        {"items": [{"idempotency_key": "void-1", "account": "acme", "id": "goodwill-1"}]}
        """;

    public const string BulkReplacements = """
        {"items": [{"idempotency_key": "replace-1", "account": "acme", "grant": "goodwill-1", "id": "goodwill-2", "amount": "80"}]}
        """;

    public const string BulkPurchases = """
        {"items": [{"idempotency_key": "order-17", "account": "acme", "id": "order-17", "amount": "250", "into": "prepaid"}]}
        """;

    public const string BulkFactsAndTerms = """
        {"items": [{"idempotency_key": "set-1", "account": "acme", "facts": {"deployment": "self-hosted"}}]}
        """;

    public const string BulkPlanChanges = """
        {"items": [{"idempotency_key": "plan-1", "account": "acme", "plan": "Standard"}]}
        """;

    public const string NewReset = """
        {"account": "acme", "debt": "keep"}
        """;

    public const string AccountReset = """
        {
          "carried": "0", "cut": "1995", "dropped": "0", "account": "acme", "ruleset": "bookbag", "version": 1, "plan": "Hobby",
          "cycle": {"number": 0, "start": "2026-05-01T10:00:00Z", "end": "2026-06-01T10:00:00Z"},
          "grants": [{
            "id": "sys:grant:Hobby:allotment:0:lot2", "bucket": "allotment", "lot": 2, "amount": "2000", "at": "2026-05-03T10:00:00Z",
            "effective": "2026-05-03T10:00:00Z", "expires": "2026-06-01T10:00:00Z"
          }],
          "resets": [{"id": "sys:grant:Hobby:allotment:0", "bucket": "allotment", "lot": 1, "amount": "1995", "at": "2026-05-03T10:00:00Z"}],
          "balances": {"allotment": "2000"}, "entry": 4, "explain_url": "/accounts/acme/entries/4"
        }
        """;

    public const string BulkResets = """
        {"items": [{"idempotency_key": "reset-1", "account": "acme"}]}
        """;

    public const string InvoicePage = """
        {
          "invoices": [{
            "invoice": "sys:bill:flex:0", "account": "acme", "ruleset": "roboflow", "bucket": "flex", "cycle": 0,
            "from": "2026-05-01T10:00:00Z", "to": "2026-06-01T10:00:00Z", "credits": "15", "price": "4", "currency": "USD", "amount": "60", "exact": "60",
            "credited": "0", "entry": 12, "recorded_at": "2026-06-01T10:04:12.5Z"
          }],
          "next": null
        }
        """;

    public const string InvoiceDetail = """
        {
          "invoice": "sys:bill:flex:0", "account": "acme", "ruleset": "roboflow", "bucket": "flex", "cycle": 0,
          "from": "2026-05-01T10:00:00Z", "to": "2026-06-01T10:00:00Z", "credits": "15", "price": "4", "currency": "USD", "amount": "60", "exact": "60",
          "credited": "0", "entry": 12, "recorded_at": "2026-06-01T10:04:12.5Z",
          "lines": [{"action": "training", "uses": 2, "credits": "15"}]
        }
        """;

    public const string AlertPage = """
        {
          "alerts": [{
            "id": "acme/7/0", "type": "alert", "alert": "nearly used up", "account": "acme", "ruleset": "bookbag", "version": 1, "entry": 7,
            "threshold": "1600", "reached": "1602", "text": "alert \"nearly used up\": 1,602 used, the level is 1,600",
            "at": "2026-05-02T08:00:00Z", "recorded_at": "2026-05-02T08:00:01.25Z"
          }],
          "next": "19"
        }
        """;

    public const string NewWebhook = """
        {"url": "https://hooks.example.com/rules"}
        """;

    public const string Webhook = """
        {
          "id": "4f6h8j0k2m5n7p9r", "url": "https://hooks.example.com/rules", "secret": "whsec_…",
          "created": "2026-05-01T10:00:00Z", "created_by": "0d5h8t2w9y4z1a7e"
        }
        """;

    public const string NewMute = """
        {"ruleset": "roboflow", "alert": "80% of included credits used", "account": "sample-farm", "until": "2099-01-01T00:00:00Z", "reason": "a load test"}
        """;

    public const string Mute = """
        {
          "id": "3", "ruleset": "roboflow", "alert": "80% of included credits used", "account": "sample-farm", "until": "2099-01-01T00:00:00Z", "reason": "a load test",
          "muted": "2026-05-01T10:00:00Z", "muted_by": "key image workers (0d5h8t2w9y4z1a7e)"
        }
        """;

    public const string NewKey = """
        {"name": "image workers", "scopes": ["quote", "charge"], "rulesets": ["biodock"], "expires": "2099-01-01T00:00:00Z"}
        """;

    public const string Key = """
        {
          "id": "7m2k9x4c1v8b3n6q", "key": "rk_7m2k9x4c1v8b3n6q_…", "name": "image workers", "scopes": ["quote", "charge"],
          "rulesets": ["biodock"], "created": "2026-05-01T10:00:00Z", "created_by": "0d5h8t2w9y4z1a7e", "expires": "2099-01-01T00:00:00Z"
        }
        """;

    public const string KeyRotation = """
        {"overlap_seconds": 3600}
        """;

    public const string NewDraft = """
        {"text": "language 1\nruleset bookbag version 2 effective 2030-01-01 amends version 1\nremove example \"each model's cost, and 'up to 5x'\"\n"}
        """;

    public const string Draft = """
        {
          "id": "4fz81jqk20xw3m7c", "ruleset": "bookbag", "version": 2, "base": 1, "state": "in review", "authors": ["key deploys (k3v9c2m1x8q4z7b5)"],
          "starts": "2030-01-01T00:00:00Z", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "review_url": "/reviews/4fz81jqk20xw3m7c"
        }
        """;

    public const string AccountPage = """
        {
          "accounts": [{
            "account": "acme", "ruleset": "bookbag", "version": 1, "plan": "Hobby", "opened_at": "2026-05-01T10:00:00Z",
            "last_entry_at": "2026-05-03T10:00:00Z", "entries": 4, "balances": {"allotment": "1995"}
          }],
          "next": null
        }
        """;

    public const string FactsAndTerms = """
        {"facts": {"deployment": "self-hosted"}, "terms": {"enterprise-allotment": "150000"}}
        """;

    public const string PlanChange = """
        {"plan": "Standard"}
        """;

    public const string NewPurchase = """
        {"account": "acme", "id": "order-17", "amount": "250", "into": "prepaid"}
        """;

    public const string Purchase = """
        {
          "id": "order-17", "bucket": "prepaid", "lot": 3, "amount": "250", "effective": "2026-05-03T10:00:00Z",
          "price": {
            "currency": "USD", "amount": "860", "exact": "860",
            "steps": [{"text": "250 credits at 3.44", "formula": "250 × 3.44", "file": "roboflow.v2.rules", "line": 73, "amount": "860", "applied": true}]
          },
          "balances": {"prepaid": "250"}, "entry": 5, "explain_url": "/accounts/acme/entries/5"
        }
        """;

    public const string Statement = """
        {
          "account": "acme", "ruleset": "bookbag", "from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z", "credit": "credit",
          "opening": "0",
          "lines": [
            {"kind": "grant", "entries": 1, "granted": "2000", "available": "2000", "held": "0", "spent": "0", "expired": "0", "moved": "0"},
            {"kind": "charge", "action": "reply", "entries": 1, "granted": "0", "available": "-5", "held": "0", "spent": "5", "expired": "0", "moved": "0"}
          ],
          "closing": "1995", "bills": []
        }
        """;

    public const string UsagePage = """
        {
          "rows": [{"account": "acme", "ruleset": "bookbag", "values": {"action": "reply", "agent": "support"}, "events": 12, "credits": "31"}],
          "next": null
        }
        """;

    public const string RulesetList = """
        {"rulesets": [{"ruleset": "bookbag", "title": "Bookbag credits and usage", "credit": "credit", "decimals": 0, "latest_version": 1}]}
        """;

    public const string VersionList = """
        {
          "ruleset": "bookbag",
          "versions": [{
            "version": 1, "file": "bookbag.v1.rules", "sha256": "4f1d…", "meaning": "sha256:…", "active_from": "2026-01-01T00:00:00Z",
            "published_at": "2026-01-01T00:00:00Z", "published_by": "system"
          }]
        }
        """;

    public const string NewReplay = """
        {
          "ruleset": "bookbag",
          "drafts": [{ "name": "dearer", "text": "language 1\nruleset bookbag version 2 effective 2027-01-01 amends version 1\n  existing accounts move at renewal\n\nplan Hobby grants 3,000 credits every month into allotment\n" }],
          "from": "2026-05-01T00:00:00Z",
          "to": "2026-06-01T00:00:00Z",
          "by": ["action", "model"]
        }
        """;

    public const string UsageImportResult = """
        {
          "dry_run": false, "id": "3f9c0a1b2c4d5e6f", "lines": 3, "resumed_at_line": 0, "accounts": 2, "events": 2, "duplicates": 0,
          "first": "2026-05-01T09:00:00Z", "last": "2026-05-02T09:00:00Z", "mistakes": 0, "first_mistakes": [], "unread_columns": ["region"], "unpriced_actions": []
        }
        """;
}
