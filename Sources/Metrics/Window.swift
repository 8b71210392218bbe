/// How far back the numbers on the screen reach.
package enum Window: String, Sendable, CaseIterable, Codable {
    case minute1 = "1m"
    case minutes5 = "5m"
    case minutes15 = "15m"
    case hour1 = "1h"
    case hours6 = "6h"
    case hours24 = "24h"
    case all

    /// µs; nil for `all`.
    package var duration: Int64? {
        switch self {
        case .minute1: Span.minute
        case .minutes5: 5 * Span.minute
        case .minutes15: 15 * Span.minute
        case .hour1: Span.hour
        case .hours6: 6 * Span.hour
        case .hours24: Span.day
        case .all: nil
        }
    }

    /// The next one, round and round.
    package var next: Window { advanced(by: 1) }
    /// The one before.
    package var previous: Window { advanced(by: -1) }

    private func advanced(by offset: Int) -> Window {
        let all = Window.allCases
        let index = (all.firstIndex(of: self) ?? 0) + offset
        return all[(index + all.count) % all.count]
    }
}
