package import Telemetry

/// A change of what runs: told by a `deploy` record or seen as a new version or prompt hash.
package struct DeployMark: Sendable, Hashable {
    /// µs.
    package var time: Int64
    /// What changed, in words: "v2.4", "prompt a9f2".
    package var label: String
    package var deploy: Deploy?
}

/// The latest marks, and which versions were seen before.
package struct DeployMarks: Sendable {
    /// Oldest first, at most `limit`.
    package private(set) var marks: [DeployMark] = []
    private var seen = SeenSymbols()
    private var began: Int64?

    package static let limit = 64
    private static let seenLimit = 1024
    /// Versions that show up in the first minutes are the ones that were there.
    private static let warmUp = 5 * Span.minute
    /// A deploy record and the first request of its version are one mark.
    private static let sameDeploy = 10 * Span.minute

    init() {}

    mutating func see(_ record: borrowing Record, names: () -> SymbolNames) {
        if began == nil { began = record.time }
        if seen.contains(record.values[.agentVersion]), seen.contains(record.values[.promptHash]) { return }
        for dimension in [Dimension.agentVersion, .promptHash] {
            let symbol = record.values[dimension]
            guard !symbol.isAbsent, symbol != .other, seen.count < Self.seenLimit, seen.insert(symbol) else { continue }
            guard let began, record.time > began + Self.warmUp else { continue }
            if marks.contains(where: { abs(record.time - $0.time) <= Self.sameDeploy }) { continue }
            let name = names()[symbol]
            let label = dimension == .promptHash ? "prompt \(name)" : name
            add(DeployMark(time: record.time, label: label, deploy: nil))
        }
    }

    mutating func note(_ deploy: Deploy, at time: Int64) {
        let label = deploy.version.isEmpty ? (deploy.promptHash.map { "prompt \($0)" } ?? "deploy") : deploy.version
        // Told by every instance, or after the first request of the version was seen: the same deploy.
        let isNear = { (mark: DeployMark) in mark.label == label && abs(mark.time - time) <= Self.sameDeploy }
        if let known = marks.firstIndex(where: isNear) {
            if marks[known].deploy == nil { marks[known].deploy = deploy }
            return
        }
        add(DeployMark(time: time, label: label, deploy: deploy))
    }

    private mutating func add(_ mark: DeployMark) {
        marks.append(mark)
        marks.sort { $0.time < $1.time }
        if marks.count > Self.limit { marks.removeFirst() }
    }
}

/// A set of symbols, a bit each.
private struct SeenSymbols: Sendable {
    /// Absent is always there.
    private var words: [UInt64] = [1]
    private(set) var count = 0

    func contains(_ symbol: Symbol) -> Bool {
        let word = Int(symbol.rawValue &>> 6)
        return word < words.count && words[word] & 1 &<< UInt64(symbol.rawValue & 63) != 0
    }

    /// False if it was there already.
    mutating func insert(_ symbol: Symbol) -> Bool {
        let (word, bit) = Int(symbol.rawValue).quotientAndRemainder(dividingBy: 64)
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        guard words[word] & 1 << UInt64(bit) == 0 else { return false }
        words[word] |= 1 << UInt64(bit)
        count += 1
        return true
    }
}
