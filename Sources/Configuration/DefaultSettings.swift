import Metrics
import Monitoring
import Query

/// What counts where `agentdash.toml` says nothing, as such a file.
package enum DefaultSettings {
    /// Every table there is, with what is usual and what could be said. `#key = value` is said by taking the sign away, `# words` are
    /// for people.
    package static var text: String {
        let policy = NotificationPolicy()
        let canary = CanarySettings()
        let drift = DriftSettings()
        return """
            # agentdash.toml: what counts where nothing else is said. A good on-call setup as it stands.
            # Read from --config, else $XDG_CONFIG_HOME/agentdash/agentdash.toml, and again whenever it changes.
            # Durations: 10s, 5m, 4h, 30d.

            [rules]
            # Which rules are judged: \(RulePack.allCases.map(\.rawValue).joined(separator: ", ")).
            packs = ["\(RulePack.conservative.rawValue)"]

            [source]
            # A live source without a record for so long is a P1, agent_unresponsive. Left out, it is shown and wakes nobody.
            #silent_after = "5m"

            # A rule of one's own; of a pack's name it replaces that one.
            #[[rule]]
            #name = "refund_errors"
            #severity = "P2"                 # P1 page, P2 ticket, P3 note
            #when = "error_rate > 10%"
            #evidence = "failures_seen >= 5"   # what else must hold for it to be believed
            #window = "\(time(RuleDefinition.usual.window))"
            #min_requests = \(RuleDefinition.usual.minimumRequests)               # with fewer it is false
            #for_count = \(RuleDefinition.usual.forCount)                   # judgements in a row, every 10 s; or for = "2m"
            #keep_firing_for = "5m"
            #missing = "\(RuleDefinition.usual.missing.rawValue)"                # zero, keep, nodata
            #slice = "task_type"             # one alert for each value
            #summary = "WARNING: Error rate {error_rate:.1%} exceeds 10%"
            #runbook = "https://wiki.example/refunds"
            #eval_cases = ["refund-041"]
            #route = ["tickets"]             # else by severity: P1 oncall, P2 tickets, P3 digest

            # Objectives, each with rules for how fast its error budget burns.
            #[slo.success]
            #objective = 0.95
            #window = "30d"
            #[slo.quick]
            #good = "latency <= 8s"          # or any condition on a request, quality >= 0.8, eval_score >= 0.8, satisfaction, …
            #where = "task_type = refund"    # of which requests
            #objective = 0.99

            # Latency budgets: of a tier (\(LatencyTier.allCases.map(\.rawValue).joined(separator: ", "))) or one's own.
            #[[latency]]
            #tier = "\(LatencyTier.chat.rawValue)"

            # What may be spent, with rules for what is spent and what the day or week will have cost. Days are UTC.
            #[budget]
            #hourly_usd = 50
            #daily_usd = 400
            #weekly_usd = 2000

            # How a canary is compared with its control: what requests say in variant, gates, and what moves it on.
            [canary]
            control = "\(canary.controlName)"
            canary = "\(canary.canaryName)"
            max_error_rate_increase = \(share(canary.gates.maximumIncrease))
            max_error_rate = \(share(canary.gates.maximumErrorRate))           # not while control is over it too
            min_eval_score = \(share(canary.gates.minimumEvalScore))
            margin = \(canary.margin)                   # as good as control is: no worse by more than this
            ramp = \(canary.ramp)
            min_soak = "\(time(canary.minimumSoak))"
            max_soak = "\(time(canary.maximumSoak))"                # then a human must decide
            #latency_limit = "5s"            # slower is slow; left out: the budget of p95
            #share = 0.05                    # of the users that are sent to it at first: checked where stated
            key = "\(canary.key.fieldName)"                   # the field that says control or canary: agent_version, …
            mode = "\(canary.mode.rawValue)"                   # "ab": two halves that are compared, without steps
            #routing = "sha256-mod100"       # or "sha256-32bit": variants must be those of agentdash assign
            # Rolls it back, with --act, once; no shell. Also {canary}, {control_variant}, {canary_variant}.
            #on_rollback = "deployctl rollback {control}"
            ask_before_rollback = \(canary.asksBeforeRollback)

            # What drift is looked for in, and what it is compared with: "7d" (the same hours of the days before, once 3 are held),
            # "previous-version" (before the last deploy), or the name of a baseline that was kept (b).
            [drift]
            baseline = "\(drift.baseline.name)"
            #metrics = ["output_length", "latency", "tools", "intent"]   # left out: all there are
            #golden = "tags.json"            # the tags of your eval set, beside this file: what users ask for and it does not
            # By which share a mean may change (sentiment: by how much), and how far the shares of tools, errors, intents may move.
            [drift.thresholds]
            \(DriftMetric.Kind.allCases.map { "\($0.rawValue) = \(drift.threshold($0))" }.joined(separator: "\n"))
            mix = \(drift.mixThreshold)                       # Jensen-Shannon distance

            # Where alerts go, with --notify. P1 goes to oncall and, unacknowledged, to escalation; P2 to tickets, P3 to digest.
            # What is secret stands in the environment (…_env) or in a file (…_file). agentdash notify test ROUTE tries one.
            #[route.oncall]
            #pagerduty = { routing_key_env = "PD_KEY" }
            #[route.escalation]
            #email = { to = ["team@example.com"], from = "agentdash@example.com" }
            #[route.tickets]
            #slack = { webhook_url_env = "SLACK_WEBHOOK_URL" }
            #jira = { url = "https://example.atlassian.net", project = "AGENT", user = "bot@example.com", token_env = "JIRA_TOKEN" }
            #[route.digest]                  # P3 alerts are gathered and told at once
            #digest = "monday 09:00"         # UTC; also "daily 09:00"; "off": each at its time
            #file = { path = "/var/log/agentdash/alerts.jsonl" }

            [notify]
            group_wait = "\(time(policy.groupWait))"            # a ticket waits for others of its rule
            group_interval = "\(time(policy.groupInterval))"         # between two things told of one rule; pages don't wait
            repeat_interval = "\(time(policy.repeatInterval))"        # until it is told again that something still fires
            cooldown = "\(time(policy.cooldown))"               # a route hears of one metric and severity once in this time
            escalate_after = "\(time(policy.escalateAfter))"        # a page that nobody has acknowledged
            #heartbeat_url_env = "HEARTBEAT_URL"
            #heartbeat_interval = "1m"

            [state]
            # A folder for acknowledgements, silences and what was told: one to share makes a service and a screen one.
            # Left out: $XDG_STATE_HOME/agentdash, for each input apart.
            #path = "/var/lib/agentdash"

            [theme]
            name = "midnight"

            [keys]
            # Actions are called as `:` calls them.
            #freeze = ["space", "p"]
            #next-theme = []                 # no key

            """
    }

    private static func share(_ hundredths: Int64) -> String { "\(Double(hundredths) / 10_000)" }

    private static func time(_ microseconds: Int64) -> String {
        let seconds = microseconds / Span.second
        if seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        return seconds % 60 == 0 && seconds > 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}

extension RuleDefinition {
    /// What a `[[rule]]` has that says nothing else.
    fileprivate static var usual: RuleDefinition { RuleDefinition("", .p2, when: "") }
}
