import Ingest
import Monitoring

@testable import Metrics

/// The situations that an engineer on call may meet, each made from records once.
enum Situations {
    /// Two hours of health and what followed.
    private static func after(
        _ minutes: Double, healthy: Traffic.Mix = .init(), seed: UInt64 = 1, _ mix: Traffic.Mix
    ) -> Traffic {
        var traffic = Traffic(seed: seed)
        traffic.pass(minutes: 140 - minutes, healthy)
        traffic.pass(minutes: minutes, mix)
        return traffic
    }

    private static func mix(_ change: (inout Traffic.Mix) -> Void) -> Traffic.Mix {
        var mix = Traffic.Mix()
        change(&mix)
        return mix
    }

    private static let withCanary = mix { $0.canary = 0.2 }

    /// All is well, and a canary takes its share.
    static let healthy = after(25, withCanary).situation()

    static let canaryAbsent = after(0, .init()).situation()

    static let outage: Traffic = after(
        12, healthy: .init(),
        mix {
            $0.failures = [("timeout", 0.16), ("guardrail_block", 0.03), ("malformed_output", 0.012)]
            $0.toolShare = 0.8
            $0.latency = 2.3
            $0.canary = 0.2
            $0.prompt = "p42"
            $0.length = 720
        })

    /// A tool times out: errors over 10%.
    static let degraded = outage.situation()
    static let ended = outage.situation(.ended)
    /// The same where somebody wanted to know how often rules would have fired.
    static let tried: Situation = {
        var situation = degraded
        let book = RuleBook()
        situation.trial = RuleTrial(situation.snapshot, rules: book.rules, book: book)
        return situation
    }()
    static let replayed = outage.situation(.replay(speed: 60), name: "demo: outage")
    /// The same when nothing came for four minutes.
    static let stale = outage.situation(.live(lag: 252))
    /// The same, later: what a frozen screen is behind by.
    static let later: Situation = {
        var traffic = outage
        traffic.pass(minutes: 10.6)
        return traffic.situation()
    }()

    /// What the settings may ask to be judged beside the rules of a pack.
    static func book(daily: Double = 40) throws -> RuleBook {
        RuleBook(
            packs: [.standard, .anomaly],
            objectives: [
                try Objective(name: "success", kind: .success, target: 950_000),
                try Objective(name: "quick", kind: .latency(under: 8_000_000), target: 990_000, period: 7 * Span.day),
                try Objective(name: "answers", kind: .quality(atLeast: 800_000), target: 900_000),
            ],
            budget: Budget(hourly: 20, daily: daily, weekly: 200),
            latency: [
                LatencyBudget(.document, filter: try RecordFilter(#"task_type = "refund""#)),
                LatencyBudget(p50: .infinity, p95: 4, p99: 9, filter: try RecordFilter(#"task_type = "order_status""#)),
                LatencyBudget(.chat),
            ])
    }

    /// The outage, measured against objectives and budgets.
    static let budgeted: Situation? = try? outage.situation(book: book())
    /// A good day under the same.
    static let withinBudgets: Situation? = try? after(25, withCanary).situation(book: book(daily: 400))

    /// Most requests fail.
    static let critical = after(
        6,
        mix {
            $0.failures = [("provider_error", 0.61), ("timeout", 0.08)]
            $0.toolShare = 0.1
            $0.rate = 30
        }
    ).situation()

    /// Answers a quarter longer, less friendly, worse: worth a note, wakes nobody.
    static let drifting = after(
        25,
        mix {
            $0.length = 790
            $0.sentiment = 0.16
            $0.quality = 0.83
            $0.calls = 2.4
            $0.prompt = "p42"
        }
    ).situation()

    /// Users ask for something that the eval set lacks, and try to inject instructions.
    static let asking: Situation = {
        let usual = mix {
            $0.intents = [("order_status", 5), ("refund", 3), ("returns", 2)]
            $0.locales = [("de-DE", 4), ("de-AT", 1), ("en-GB", 5)]
            $0.injections = 0.004
        }
        let asking = mix {
            $0.intents = [("order_status", 4.2), ("refund", 2.5), ("returns", 1.8), ("refund_eu", 1.2)]
            $0.locales = usual.locales
            $0.injections = 0.05
            $0.length = 790
        }
        var settings = DriftSettings()
        settings.golden = GoldenSet(["order_status": 240, "refund": 180, "returns": 4, "legacy": 26])
        return after(40, healthy: usual, asking).situation(book: RuleBook(drift: settings))
    }()

    /// A version that is worse takes a part, then is taken back.
    static let released: Situation = {
        func serving(_ canary: String, _ failures: Double) -> Traffic.Mix {
            Situations.mix {
                $0.canary = 0.2
                $0.versions = ("v2.3", canary)
                $0.canaryFailures = failures
                $0.rate = 30
            }
        }
        var traffic = Traffic(seed: 3)
        func tell(_ version: String, _ note: String) {
            traffic.line(
                #"{"type":"deploy","timestamp":\#(traffic.time),"deployed_version":"\#(version)","percent":20,"#
                    + #""eval_score":0.91,"note":"\#(note)","rollback_command":"deployctl rollback v2.3"}"#)
        }
        traffic.pass(minutes: 90, serving("v2.3", 0))
        tell("v2.4", "shorter refund prompt")
        traffic.pass(minutes: 50, serving("v2.4", 0.2))
        tell("v2.3", "rollback")
        traffic.pass(minutes: 20, serving("v2.3", 0))
        return traffic.situation()
    }()

    /// The canary is worse beyond doubt, the rest is well.
    static let rollback = after(
        45,
        mix {
            $0.canary = 0.2
            $0.canaryFailures = 0.14
            $0.canarySlowness = 1.6
            $0.rate = 40
        }
    ).situation()

    /// A version runs in the shadow and fails where what it repeats does not.
    static let shadowed: Situation = {
        var traffic = after(25, .init())
        let start = traffic.time - 25 * 60_000
        for number in 0..<400 {
            let time = start + Int64(number * 3700)
            let failed = number % 21 == 0
            let fails = failed || number % 9 == 4
            traffic.line(
                #"{"trace_id":"o\#(number)","timestamp":\#(time),"latency_ms":1200,"success":\#(!failed),"cost_usd":0.01,"user_id":"u\#(number % 60)"}"#
            )
            guard number % 3 == 1 else { continue }
            traffic.line(
                #"{"trace_id":"s\#(number)","shadow_of":"o\#(number)","timestamp":\#(time + 400),"latency_ms":1380,"success":\#(!fails),"cost_usd":0.008,"agent_version":"v2.5","user_id":"u\#(number % 60)"}"#
            )
        }
        return traffic.situation()
    }()

    /// In the middle of a file that tells of an outage.
    static let reading: Situation = {
        var source = critical.snapshot.source
        source.state = .catchingUp
        source.isLive = false
        source.bytesTotal = source.bytesRead * 100 / 42
        return Situation(
            snapshot: critical.snapshot.replacing(source), alerts: critical.alerts, rules: critical.rules,
            events: critical.events, judgedUpTo: critical.judgedUpTo)
    }()

    /// Some costs and outcomes are not known, and some lines are no records.
    static let unpriced: Situation = {
        var traffic = Traffic(seed: 4)
        traffic.pass(
            minutes: 40,
            mix {
                $0.models = [("house-model-1", 3), ("gpt-4o", 1)]
                $0.priced = 0.7
            })
        traffic.line("this is no record")
        traffic.line(#"{"trace_id":"x","latency_ms":"soon"}"#)
        return traffic.situation()
    }()

    /// Requests of which nothing is known but that they were.
    static let unknown: Situation = {
        var traffic = Traffic()
        for minute in 0..<30 {
            let time = Traffic.start + Int64(minute) * 60_000
            traffic.line(#"{"type":"request","trace_id":"u\#(minute)","timestamp":\#(time)}"#)
        }
        traffic.silence(minutes: 29.5)
        return traffic.situation()
    }()

    /// The same traffic with every quantity `scale` times as large.
    static func scaled(by scale: Double) -> Situation {
        var traffic = Traffic(seed: 8)
        traffic.pass(
            minutes: 32,
            mix {
                $0.scale = scale
                $0.latency *= scale
                $0.failures = [("timeout", 0.1), ("guardrail_block", 0.08)]
                $0.canary = 0.3
            })
        return traffic.situation()
    }

    /// Names far longer than any panel.
    static let longNames: Situation = {
        func long(_ word: String) -> String { String(String(repeating: word + "_", count: 200).prefix(200)) }
        var traffic = Traffic(seed: 5)
        traffic.pass(
            minutes: 20,
            mix {
                $0.failures = [(long("UpstreamModelOverloaded"), 0.2), (long("ToolArgumentInvalid"), 0.1)]
                $0.models = [(long("anthropic.claude-sonnet"), 3), (long("anthropic.claude-haiku"), 2)]
                $0.tasks = [(long("summarise_the_whole_case"), 1), (long("answer_in_one_sentence"), 1)]
                $0.tools = [long("search_in_everything")]
                $0.versions = (long("release-candidate"), long("nightly-build"))
                $0.canary = 0.4
            })
        return traffic.situation(name: "s3://" + long("bucket") + "/" + "traces.jsonl")
    }()

    /// Names in scripts of one, two and no columns, and from right to left.
    static let wideNames: Situation = {
        var traffic = Traffic(seed: 6)
        traffic.pass(
            minutes: 20,
            mix {
                $0.failures = [("タイムアウト", 0.12), ("👩‍👩‍👧 отказ", 0.08), ("e\u{301}chec re\u{301}seau", 0.05)]
                $0.models = [("通义千问-旗舰版本", 3), ("한국어-모델-작은", 2)]
                $0.tasks = [("החזר כספי", 1), ("استرداد", 1)]
                $0.tools = ["查询订单", "🔧"]
                $0.versions = ("版本二", "版本三")
                $0.canary = 0.4
            })
        return traffic.situation(name: "ログ/追跡.jsonl")
    }()

    /// Names that would move the cursor, clear the screen, turn the writing or set the title.
    static let hostileNames: Situation = {
        var traffic = Traffic(seed: 7)
        traffic.pass(
            minutes: 20,
            mix {
                $0.failures = [
                    ("\u{1B}[2J\u{1B}[31mred", 0.12), ("\u{9B}31mC1", 0.08), ("line\r\nfeed\ttab\u{7}", 0.05),
                ]
                $0.models = [("gpt\u{202E}txt.exe", 3), ("\u{1B}]0;title\u{7}model", 2)]
                $0.tasks = [("a\u{200B}b\u{FEFF}c", 1), ("\u{E0041}\u{2028}tag", 1)]
                $0.tools = ["\u{0}nul", "del\u{7F}"]
                $0.versions = ("\u{1B}[Hv1", "v2\u{2066}\u{2069}")
                $0.canary = 0.4
            })
        traffic.line("{\u{1B}[2J no record")
        return traffic.situation(name: "logs/\u{1B}[31m\u{202E}evil.jsonl")
    }()

    /// Followed for a while without a record.
    static let empty = Traffic().situation()
    /// The input ended without a record.
    static let endedEmpty = Traffic().situation(.ended)

    /// A folder is no input.
    static let failed = Traffic.situation(of: .file("/"))
    /// A file that is to come.
    static let waiting = Traffic.situation(of: .file("/nowhere/in/particular/service-a/traces.jsonl"))
}

extension Snapshot {
    fileprivate func replacing(_ source: InputStatus) -> Snapshot {
        Snapshot(
            now: now, source: source, names: names, timeline: timeline, arms: arms, shadows: shadows, slices: slices,
            exemplars: exemplars, releases: releases, toldDeploys: toldDeploys, queueDepths: queueDepths,
            latestQuality: latestQuality,
            given: given,
            read: read, duplicates: duplicates,
            late: late,
            unmatched: unmatched, firstTime: firstTime, newestTime: newestTime, rows: rows, criteria: criteria)
    }
}
