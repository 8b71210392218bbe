import Canvas
import Query
import Statistics

/// One or more distributions over the same bins, one above the other, on an axis with values under it.
struct DistributionChart {
    struct Row {
        /// At the left; with several rows it says which is which.
        var name: String
        /// By bin; what is drawn is each one's share of its row.
        var counts: [Double]
        var role: Role
    }

    /// A value under the axis.
    struct Label {
        /// Where, counted in bins from the left.
        var bin: Double
        var text: String
        /// The lower, the more it is wanted where there is no room for all.
        var rank: Int
    }

    /// A value that is marked over the bars: a budget.
    struct Limit {
        var bin: Double
        var text: String
        var role: Role
    }

    var rows: [Row]
    var labels: [Label]
    var limits: [Limit] = []

    private static let mostColumnsABin = 8

    /// Whether there is nothing to draw.
    var isEmpty: Bool { !rows.contains { $0.counts.contains { $0 > 0 } } }

    func draw(in rect: Rect, on screen: inout Screen) {
        let left = ChartBlock.axisWidth + 1
        let width = rect.width - left
        let bins = rows.map(\.counts.count).max() ?? 0
        let top = limits.isEmpty ? 0 : 1
        let height = (rect.height - 1 - top) / max(1, rows.count)
        guard width > 0, bins > 0, height > 0 else { return }
        // As many bins to every column, so that no column is taller than its neighbour by rounding.
        let merged = (bins + width - 1) / width
        let wide = merged > 1 ? 1 : max(1, min(Self.mostColumnsABin, width / bins))
        let place = Rect(x: rect.x + left, y: rect.y + top, width: width, height: height * rows.count)
        func column(_ bin: Double) -> Int { place.x + Int(bin / Double(merged) * Double(wide)) }

        let shares = rows.map { Self.columns($0.counts, merged: merged, wide: wide) }
        let highest = shares.compactMap { $0.max() }.max() ?? 0
        for (i, row) in rows.enumerated() {
            let y = place.y + i * height
            screen.put(
                rows: Histogram(shares[i], colouring: .role(row.role), top: highest).rows(
                    width: width, height: height, glyphs: screen.glyphs), x: place.x, y: y)
            screen.put(
                rightAligned: row.name, x: rect.x, y: y + height - 1, width: left - 1, style: Style(row.role))
        }
        drawLimits(place, column, on: &screen)
        drawLabels(Rect(x: place.x, y: place.maxY, width: width, height: 1), column, on: &screen)
    }

    /// Shares of the row's sum by column.
    private static func columns(_ counts: [Double], merged: Int, wide: Int) -> [Double] {
        let sum = counts.reduce(0, +)
        guard sum > 0 else { return [] }
        var columns: [Double] = []
        for start in stride(from: 0, to: counts.count, by: merged) {
            let share = counts[start..<min(counts.count, start + merged)].reduce(0, +) / sum
            columns += Array(repeating: share, count: wide)
        }
        return columns
    }

    private func drawLimits(_ place: Rect, _ column: (Double) -> Int, on screen: inout Screen) {
        var free = place.x
        for limit in limits.sorted(by: { $0.bin < $1.bin }) {
            let x = column(limit.bin)
            guard x >= place.x, x < place.maxX else { continue }
            for y in place.y..<place.maxY where screen[x, y] == .blank {
                screen.put(String(screen.glyphs[.vertical]), x: x, y: y, style: Style(.dim))
            }
            let width = DisplayWidth.width(of: limit.text)
            let start = min(max(free, x - width / 2), place.maxX - width)
            guard start >= free else { continue }
            screen.put(limit.text, x: start, y: place.y - 1, style: Style(limit.role))
            free = start + width + 1
        }
    }

    /// The most wanted ones first, and of the others what fits between.
    private func drawLabels(_ place: Rect, _ column: (Double) -> Int, on screen: inout Screen) {
        var taken = Array(repeating: false, count: place.width)
        for label in labels.sorted(by: { ($0.rank, $0.bin) < ($1.rank, $1.bin) }) {
            let x = column(label.bin) - place.x
            let width = DisplayWidth.width(of: label.text)
            guard x >= 0, x + width <= place.width else { continue }
            guard !taken[max(0, x - 1)..<min(place.width, x + width + 1)].contains(true) else { continue }
            for i in x..<x + width { taken[i] = true }
            screen.put(label.text, x: place.x + x, y: place.y, style: Style(.dim))
        }
    }
}

extension DistributionChart {
    /// A histogram of latencies on a logarithmic axis, long enough for the limits (µs).
    init(
        latency: ExponentialHistogram, role: Role, limits: [(name: String, time: Int64, role: Role)]
    ) {
        var range = latency.bucketRange ?? 0..<0
        let marked = limits.map { latency.bucketIndex(of: $0.time) }
        if !range.isEmpty, let low = marked.min(), let high = marked.max() {
            range = min(range.lowerBound, low - 8)..<max(range.upperBound, high + 9)
        }
        func bin(_ time: Int64) -> Double { Double(latency.bucketIndex(of: time) - range.lowerBound + 1) }
        self.init(
            rows: [Row(name: "", counts: latency.counts(in: range).map(Double.init), role: role)],
            labels: DurationScale.steps.filter { range.contains(latency.bucketIndex(of: $0.time)) }.map {
                Label(bin: bin($0.time), text: $0.text, rank: $0.rank)
            },
            limits: limits.map { Limit(bin: bin($0.time), text: $0.name, role: $0.role) })
    }

    /// Counts of positive numbers, then and now, on a logarithmic axis: of times (µs) or of anything else. Of two scales the coarser
    /// serves both.
    init(now: ExponentialHistogram, then: ExponentialHistogram, role: Role) {
        let scale = min(now.scale, then.scale)
        let (now, then) = (now.downscaled(to: scale), then.downscaled(to: scale))
        let steps: [(value: Int64, text: String, rank: Int)] =
            now.unitsPerOne == 1000
            ? DurationScale.steps.map { ($0.time, $0.text, $0.rank) }
            : CountScale.steps.map { ($0.value, $0.text, $0.rank) }
        let ranges = [now.bucketRange, then.bucketRange].compactMap(\.self)
        let range = (ranges.map(\.lowerBound).min() ?? 0)..<(ranges.map(\.upperBound).max() ?? 0)
        self.init(
            rows: Self.rows(now.counts(in: range), then.counts(in: range), role),
            labels: steps.filter { range.contains(now.bucketIndex(of: $0.value)) }.map {
                Label(
                    bin: Double(now.bucketIndex(of: $0.value) - range.lowerBound), text: $0.text, rank: $0.rank)
            })
    }

    /// Small whole numbers, then and now, each with its own bin; all from `most` on share the last.
    init(wholeNumbers now: ExponentialHistogram, then: ExponentialHistogram, most: Int = 30, role: Role) {
        func counts(_ histogram: ExponentialHistogram) -> [Int64] {
            var counts = Array(repeating: Int64(0), count: most + 1)
            counts[0] = histogram.zeroCount
            guard let range = histogram.bucketRange else { return counts }
            for (bucket, n) in zip(range, histogram.counts(in: range)) {
                let value = histogram.midpoint(ofBucket: bucket)
                counts[value < Double(most) ? max(0, Int(value.rounded())) : most] += n
            }
            return counts
        }
        let (a, b) = (counts(now), counts(then))
        let used = max((zip(a, b).map { $0 + $1 }.lastIndex { $0 > 0 } ?? 0) + 1, 2)
        self.init(
            rows: Self.rows(Array(a.prefix(used)), Array(b.prefix(used)), role),
            labels: (0..<used).map {
                Label(
                    bin: Double($0), text: $0 == most ? "\($0)+" : "\($0)", rank: $0 % 5 == 0 ? 0 : $0 % 2 == 0 ? 1 : 2)
            })
    }

    /// Scores over a known range, then and now, on the part of it that holds any.
    init(now: UniformBins, then: UniformBins, role: Role) {
        func counts(_ bins: UniformBins) -> [Int64] {
            bins.counts.isEmpty ? Array(repeating: 0, count: UniformBins.bins) : bins.counts
        }
        let (a, b) = (counts(now), counts(then))
        let sums = zip(a, b).map { $0 + $1 }
        let first = max(0, (sums.firstIndex { $0 > 0 } ?? 0) - 1)
        let last = min(UniformBins.bins - 1, (sums.lastIndex { $0 > 0 } ?? 0) + 1)
        let lower = Double(now.lower) / 1e6
        let width = Double(now.upper - now.lower) / 1e6 / Double(UniformBins.bins)
        let shown = lower + Double(first) * width...lower + Double(last + 1) * width
        self.init(
            rows: Self.rows(Array(a[first...last]), Array(b[first...last]), role),
            labels: AxisTicks.values(in: shown, atMost: 9).map {
                Label(bin: ($0 - shown.lowerBound) / width, text: Self.score($0), rank: 0)
            })
    }

    private static func rows(_ now: [Int64], _ then: [Int64], _ role: Role) -> [Row] {
        var rows = [Row(name: "now", counts: now.map(Double.init), role: role)]
        if then.contains(where: { $0 > 0 }) {
            rows.append(Row(name: "base", counts: then.map(Double.init), role: .dim))
        }
        return rows
    }

    private static func score(_ value: Double) -> String {
        value == 0 ? "0" : NumberFormat.plain(value)
    }
}
