import Metrics
import Monitoring
package import Telemetry

/// What the slices page can be cut by.
package enum SliceDimension: Sendable, Hashable {
    case field(Dimension)
    case tool, hour, sessionNumber, queryLength

    /// The one that is asked for most first.
    static let all: [SliceDimension] =
        [.field(.taskType), .field(.model), .tool, .field(.intent), .field(.userSegment), .field(.variant)]
        + Dimension.ofRequest.filter { ![.taskType, .model, .intent, .userSegment, .variant].contains($0) }
        .map(SliceDimension.field)
        + [.hour, .sessionNumber, .queryLength]

    /// As the expression language calls it.
    var name: String {
        switch self {
        case .field(let dimension): dimension.fieldName
        case .tool: "tool"
        case .hour: "hour"
        case .sessionNumber: "session_number"
        case .queryLength: "query_length"
        }
    }

    /// In words.
    var label: String {
        switch self {
        case .hour: "hour of day"
        case .sessionNumber: "session of a user"
        case .queryLength: "length of the question"
        default: name.split(separator: "_").joined(separator: " ")
        }
    }

    /// The dimension `offset` places on, round and round.
    func advanced(by offset: Int) -> SliceDimension {
        let all = Self.all
        let place = (all.firstIndex(of: self) ?? 0) + offset
        return all[(place % all.count + all.count) % all.count]
    }
}
