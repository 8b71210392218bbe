import Metrics
import Monitoring
import Query
import Telemetry

/// One value of a dimension and what is counted for it.
struct RankedSlice {
    let dimension: Dimension
    let value: Symbol
    let row: SliceRow
    let names: SymbolNames

    /// Tells it from all others.
    var id: String { "\(dimension.fieldName) \(value.rawValue)" }

    /// Orders slices that are equal otherwise, so that nothing jumps.
    var place: UInt64 { UInt64(dimension.rawValue) << 32 | UInt64(value.rawValue) }

    /// `task_type=refund`.
    var name: String { "\(dimension.fieldName)=\(names.label(value))" }

    /// Its requests as a condition; nil where many values are in one.
    var condition: String? { QueryText.equals(dimension.fieldName, value, names) }

    /// µs to seconds; at most 4.4% off.
    func seconds(_ permille: Int) -> Double? { Figures.seconds(row.latency, permille) }
}

extension Figures {
    /// Slices with fewer requests say little.
    static let fewRequests = 20.0

    /// Every value of these dimensions with what its requests of the window (of the last day, if that is longer) came to. A value
    /// that nearly all requests have says nothing about who is different.
    /// - Parameter withCommon: with such values too.
    func slices(of dimensions: [Dimension] = Dimension.ofRequest, withCommon: Bool = false) -> [RankedSlice] {
        guard let now = snapshot.now else { return [] }
        let begin = now - min(window.duration ?? Span.day, Span.day)
        return dimensions.flatMap { dimension in
            let (table, _) = snapshot.slices.sum(dimension, from: begin, to: snapshot.limit(now))
            return zip(table.names, table.rows).map {
                RankedSlice(dimension: dimension, value: $0, row: $1, names: names)
            }.filter { withCommon || $0.row.counts.requests.value < tally.requests.value * 0.95 }
        }
    }

    /// What slices are of: the window, or the day that slices are held for; in the past, where only whole hours are held, these.
    var sliceWindowName: String {
        if snapshot.isPast, let now = snapshot.now {
            let length = min(window.duration ?? Span.day, Span.day)
            let extent = snapshot.slices.extent(from: now - length, to: snapshot.limit(now))
            if extent.upperBound > now + Span.minute {
                return "\(clock(extent.lowerBound))\(NumberFormat.missing)\(clock(extent.upperBound))"
            }
        }
        return (window.duration ?? .max) > Span.day ? "last 24h" : "last \(window.rawValue)"
    }
}
