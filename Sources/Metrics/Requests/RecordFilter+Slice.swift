import Query
package import Telemetry

extension RecordFilter {
    /// The one value of one dimension that it asks for and nothing else, `task_type = "batch"`: what slices are counted by. Nil for
    /// every other condition.
    package var slice: (dimension: Dimension, value: String)? {
        guard case .compare(let comparison, .reference(let index), .constant(.text(let value)), _) = expression.root,
            comparison == .equal, let dimension = Dimension.ofSlices(expression.references[index].name)
        else { return nil }
        return (dimension, value)
    }
}
