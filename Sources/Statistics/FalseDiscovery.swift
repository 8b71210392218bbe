/// Which of many findings to believe.
package enum FalseDiscovery {
    /// q of each p (Benjamini and Hochberg 1995): among the findings with a q of at most 5%, 5% are expected to be none.
    package static func adjusted(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var adjusted = [Double](repeating: 1, count: pValues.count)
        var least = 1.0
        for (rank, place) in order.enumerated().reversed() {
            least = min(least, pValues[place] * Double(pValues.count) / Double(rank + 1))
            adjusted[place] = least
        }
        return adjusted
    }
}
