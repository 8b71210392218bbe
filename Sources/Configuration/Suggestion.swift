import Canvas

/// "Did you mean …?"
enum Suggestion {
    /// A message about a name that isn't known, with the nearest that is, or all when they are few.
    static func unknown(_ what: String, _ name: String, among known: [String]) -> String {
        let shown = "unknown \(what) '\(DisplayWidth.truncate(name, to: 40))'"
        if let nearest = nearest(to: name, among: known) { return "\(shown); did you mean '\(nearest)'?" }
        return "\(shown); expected one of \(known.joined(separator: ", "))"
    }

    /// The known name that takes the fewest edits, at most a third of the letters; nil when none is near.
    static func nearest(to name: String, among known: [String]) -> String? {
        guard name.count <= 40 else { return nil }
        let letters = Array(name.lowercased())
        let allowed = max(1, letters.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(letters, Array(candidate))
            if distance <= allowed, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Letters inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    least = min(least, beforeLast[j - 2] + 1)
                }
                row.append(least)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
