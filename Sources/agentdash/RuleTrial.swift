import Engine
import Metrics
import Monitoring

/// How often rules would have fired over the history held of recorded data.
struct RuleTrial {
    private let snapshot: Snapshot
    private let history: WatchHistory

    init(_ snapshot: Snapshot, _ watches: Watches) {
        self.snapshot = snapshot
        history = WatchHistory(snapshot, watches)
    }

    /// Reads the files and judges nothing.
    /// - Throws: `ExitCode` 2, having said why, where there is nothing to read.
    init(_ files: [String], _ input: InputArguments, _ judged: RuleArguments) throws {
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        options.rowBudget = 0
        options.book = RuleBook(rules: [])
        let situation = try Reading.situation(options)
        try Reading.complainOfNothing(situation)
        // Every pack may be asked for, whatever is on.
        self.init(situation.snapshot, try judged.book(packs: RulePack.allCases).watches)
    }

    /// `would have fired 3× in 24h, 9× in 7d`, or why that is not known.
    func text(_ rule: AlertRule) -> String {
        let preview = FiringPreview(rule, over: snapshot, history)
        return preview.isKnown ? "would have fired \(preview.text)" : preview.text
    }

    /// The same of rules together.
    func text(_ rules: [AlertRule]) -> String {
        let previews = rules.map { FiringPreview($0, over: snapshot, history) }
        let known = previews.filter(\.isKnown)
        guard let longest = known.max(by: { ($0.start ?? .max) > ($1.start ?? .max) }) else {
            return previews.first?.text ?? "no rules"
        }
        let sum = longest.text(
            inDay: known.reduce(0) { $0 + $1.inDay }, inWeek: known.reduce(0) { $0 + $1.inWeek })
        let unknown = previews.count - known.count
        return "would have fired \(sum)" + (unknown > 0 ? "; of \(unknown) rules it is not known" : "")
    }
}
