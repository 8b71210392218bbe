package import Metrics
import Query
package import Telemetry

extension [DeployMark] {
    /// What is sure to come to mind where something began at a time (µs since 1970): the newest deploy of the minutes before.
    package func followed(_ time: Int64) -> DeployMark? {
        last { $0.time <= time && $0.time >= time - DeployMark.suspicious }
    }
}

extension DeployMark {
    /// A rule's window, and some minutes until enough requests have come.
    static let suspicious = 15 * Span.minute

    /// `4m after v2.4`.
    package func words(before time: Int64) -> String {
        let minutes = (time - self.time) / Span.minute
        return (minutes > 0 ? "\(minutes)m" : "right") + " after \(label)"
    }
}

extension VersionChange {
    /// `version v2.3 → v2.4`.
    /// - Parameter short: how names are shortened.
    package func words(arrow: Character = "→", short: (String) -> String = { $0 }) -> String {
        func name(_ value: String?) -> String { value.map(short) ?? "none" }
        switch (dimension, kind) {
        case (.variant, .starts): return "\(name(to)) starts"
        case (.variant, .ends): return "\(name(from)) ends"
        default: break
        }
        let text = "\(dimension.releaseWord) \(name(from)) \(arrow) \(name(to))"
        return kind == .takesOver ? text + " for most" : text
    }
}

extension Dimension {
    /// As a sentence names a part of a release.
    package var releaseWord: String {
        switch self {
        case .agentVersion: "version"
        case .promptVersion, .promptHash: "prompt"
        case .indexVersion: "index"
        default: fieldName
        }
    }
}
