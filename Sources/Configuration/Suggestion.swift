import Canvas
package import Query

extension Suggestion {
    /// A message about a name that isn't known, with the nearest that is, or all when they are few.
    package static func unknown(_ what: String, _ name: String, among known: [String]) -> String {
        let shown = "unknown \(what) '\(DisplayWidth.truncate(name, to: 40))'"
        if let nearest = nearest(to: name, among: known) { return "\(shown); did you mean '\(nearest)'?" }
        return "\(shown); expected one of \(known.joined(separator: ", "))"
    }
}
