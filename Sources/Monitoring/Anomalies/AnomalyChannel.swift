import Metrics
import Statistics

/// One metric under watch: what is usual, how far values are from it, and whether that is an alarm.
struct AnomalyChannel: Sendable, Codable, Hashable {
    let metric: AnomalyMetric
    private var warmUp = WarmUp()
    /// Where values lie; once hours are known, how far above what is usual for the hour.
    private var level: AnomalyLevel?
    /// Variance over that of independent requests: what counting alone does not explain.
    private var dispersion = 1.0
    private var measured = 0
    private var chart = EWMAChart(baseline: ControlBaseline(mean: 0, deviation: 1))
    private var sums = CUSUM(decision: 8, baseline: ControlBaseline(mean: 0, deviation: 1))
    /// Weighted mean of distances on the metric's scale: how large it is what the chart is sure of.
    private var distance = 0.0
    /// Sums of distances within the runs of the cumulative sums.
    private var above = 0.0
    private var below = 0.0
    private var profile = SeasonalProfile()
    private var isSeasonal = false
    private var trend = DailyTrend()
    private(set) var shift: Anomaly?
    private(set) var slide: Anomaly?
    /// Quiet values since an alarm was last confirmed.
    private var quiet = 0
    private(set) var expected: Double?
    /// Deviations from what is expected, signed; 0 while warming up.
    private(set) var score = 0.0

    init(_ metric: AnomalyMetric) { self.metric = metric }

    /// The first values after a beginning.
    private struct WarmUp: Sendable, Codable, Hashable {
        var values: [Double] = []
        var variances: [Double] = []
        static let length = ControlBaseline.minimumWarmUp
    }

    /// One value counts for no more than this, in deviations: an alarm takes two in a row.
    private static let mostDeviations = 4.0
    /// What is out of control for so long is how it is now: without hours to compare with, what was before says little.
    private static let longestShift = 3 * Span.hour
    private static let longestSeasonalShift = Span.day
    /// Values in a row without trouble that end an alarm.
    private static let quietValues = 3

    /// Takes in what was counted in closed minutes.
    mutating func step(_ counts: AnomalyCounts, from start: Int64, to end: Int64) {
        guard let measure = metric.measure(counts) else { return }
        let middle = start + (end - start) / 2
        let weight = metric.scale == .rate ? counts.minutes : measure.size
        let season = profile.expected(at: middle)
        if profile.note(measure.value, weight: weight, at: middle, isUsual: shift == nil) {
            adopt(profile.expected(at: middle), instead: season)
        }
        if trend.note(measure.value, weight: weight, at: middle) { judgeTrend(size: measure.size) }
        let usual = isSeasonal ? profile.expected(at: middle) ?? 0 : 0
        guard let level else { return learn(measure, usual) }
        let forecast = shift == nil ? level.forecast(after: counts.minutes) : level.value
        judge(measure, expected: usual + forecast, counts.minutes, from: start, to: end)
    }

    /// What is usual for this hour is known from now on, or not any more: the level is of what remains.
    private mutating func adopt(_ season: Double?, instead former: Double?) {
        guard (season != nil) != isSeasonal else { return }
        isSeasonal = season != nil
        level?.move(by: (isSeasonal ? 0 : former ?? 0) - (season ?? 0))
    }

    private mutating func learn(_ measure: AnomalyMeasure, _ usual: Double) {
        warmUp.values.append(measure.value - usual)
        warmUp.variances.append(measure.variance)
        guard warmUp.values.count >= WarmUp.length else { return }
        let n = Double(warmUp.values.count)
        let mean = warmUp.values.reduce(0, +) / n
        let scatter = zip(warmUp.values, warmUp.variances).reduce(0) {
            $0 + ($1.0 - mean) * ($1.0 - mean) / $1.1
        }
        dispersion = scatter / (n - 1)
        measured = warmUp.values.count
        level = AnomalyLevel(mean)
        warmUp = WarmUp()
    }

    private mutating func judge(
        _ measure: AnomalyMeasure, expected: Double, _ minutes: Double, from start: Int64, to end: Int64
    ) {
        let error = measure.value - expected
        let floor = metric.floor(at: expected)
        // Requests are never less scattered than if each were independent of the others.
        let scatter = metric.scale == .logarithm ? dispersion : max(1, dispersion)
        let deviation = (scatter * measure.variance + floor * floor).squareRoot()
        let limit = Self.mostDeviations
        let z = min(limit, max(-limit, error / deviation))
        let point = chart.step(z)
        sums.step(z)
        above = sums.upperRun > 0 ? above + error : 0
        below = sums.lowerRun > 0 ? below + error : 0
        distance += chart.weight * (error - distance)
        score = point?.score ?? 0
        self.expected = metric.natural(expected, size: measure.size)
        watch(measure, expected, point, from: start)
        guard shift == nil else { return giveUp(measure, expected, at: end) }
        level?.follow(z * deviation, after: minutes, isSeasonal: isSeasonal)
        measured += 1
        let excess = z * z * deviation * deviation / measure.variance
        dispersion += (excess - dispersion) / Double(min(measured, 300))
    }

    // MARK: Shifts

    private mutating func watch(
        _ measure: AnomalyMeasure, _ expected: Double, _ point: EWMAChart.Point?, from start: Int64
    ) {
        let smoothed = finding(expected + distance, expected, measure.size, score: abs(score))
        if shift != nil {
            let isQuiet = abs(score) < chart.limit / 2 || smoothed.weight < 0.5 || !metric.isWorse(smoothed.direction)
            quiet = isQuiet ? quiet + 1 : 0
            if quiet >= Self.quietValues { return end() }
            shift?.value = smoothed.value
            shift?.expected = smoothed.expected
            shift?.score = abs(score)
            if !isQuiet { shift?.direction = smoothed.direction }
            return
        }
        var found = point?.isOut == true ? [smoothed] : []
        if sums.upper > sums.decision {
            found.append(
                finding(expected + above / Double(max(1, sums.upperRun)), expected, measure.size, score: sums.upper))
        }
        if sums.lower > sums.decision {
            found.append(
                finding(expected + below / Double(max(1, sums.lowerRun)), expected, measure.size, score: sums.lower))
        }
        guard let first = found.first(where: { $0.weight >= 1 && metric.isWorse($0.direction) }) else { return }
        shift = Anomaly(
            metric: metric, kind: .shift, since: start, value: first.value, expected: first.expected,
            direction: first.direction, score: first.score)
        quiet = 0
    }

    private struct Finding {
        var value: Double
        var expected: Double
        var direction: Anomaly.Direction
        /// Multiple of what is worth anybody's time.
        var weight: Double
        var score: Double
    }

    private func finding(_ value: Double, _ expected: Double, _ size: Double, score: Double) -> Finding {
        let (value, expected) = (metric.natural(value, size: size), metric.natural(expected, size: size))
        let weight = metric.weight(of: value, against: expected)
        return Finding(
            value: value, expected: expected, direction: weight < 0 ? .down : .up, weight: abs(weight), score: score)
    }

    private mutating func end() {
        shift = nil
        quiet = 0
        sums.reset()
        (above, below) = (0, 0)
        level?.stop()
    }

    /// Takes what has lasted too long for what is normal now.
    private mutating func giveUp(_ measure: AnomalyMeasure, _ expected: Double, at now: Int64) {
        guard let shift, now - shift.since >= (isSeasonal ? Self.longestSeasonalShift : Self.longestShift) else {
            return
        }
        level?.move(by: distance)
        calm()
    }

    /// Nothing is under way any more.
    private mutating func calm() {
        end()
        distance = 0
        score = 0
        chart.rebaseline()
    }

    /// What comes is normal: after an intended change. What is usual by the hour keeps its shape.
    mutating func rebaseline() {
        calm()
        level = nil
        warmUp = WarmUp()
        trend = DailyTrend()
        slide = nil
    }

    // MARK: Trends

    private mutating func judgeTrend(size: Double) {
        slide = nil
        // How much traffic there is, is nobody's fault.
        guard metric != .requestRate else { return }
        let scatter = metric.scale == .share ? max(1, dispersion) / 4 : dispersion
        guard let line = trend.line(floor: metric.floor(at: 0), scatter: scatter) else { return }
        let value = metric.natural(line.last, size: size)
        let week = (line.last - line.first) / Double(line.days - 1) * 7
        let before = metric.natural(line.last - week, size: size)
        let weight = metric.weight(ofWeekly: value, against: before)
        let direction: Anomaly.Direction = weight < 0 ? .down : .up
        guard abs(weight) >= 1, metric.isWorse(direction) else { return }
        slide = Anomaly(
            metric: metric, kind: .trend, since: line.since, value: value,
            expected: metric.natural(line.first, size: size), direction: direction, score: abs(line.score))
    }
}
