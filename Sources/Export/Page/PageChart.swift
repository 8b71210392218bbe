import Canvas
import Metrics
import Query

/// Drawings of a page: inline SVG whose lettering stands beside it, so that it stays readable at any width.
enum PageChart {
    /// One curve of a chart.
    struct Series {
        var name: String
        /// `s1`, `s2`, `s3`.
        var style: String
        /// `stroke-dasharray`: what tells curves apart where colours don't.
        var dashes: String
        var values: [Double?]
    }

    /// A time that is painted over: an alert that fired.
    struct Shade {
        var from: Int64
        var to: Int64
        /// `critical` or `warning`.
        var role: String
        var name: String
    }

    // MARK: Sparkline

    /// Bars from zero; a gap where nothing is known. Empty without any value.
    static func sparkline(_ values: [Double?]) -> Markup {
        let highest = values.compactMap { $0 }.max() ?? 0
        guard highest > 0, !values.isEmpty else { return .none }
        let width = 120 / Double(values.count)
        var path = ""
        for (place, value) in values.enumerated() {
            guard let value, value > 0 else { continue }
            let height = max(1, value / highest * 22)
            path += "M\(decimal(Double(place) * width)) 22v-\(decimal(height))h\(decimal(width * 0.8))V22z"
        }
        return
            "<svg class=\"spark\" viewBox=\"0 0 120 22\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path d=\"\(path)\"/></svg>"
    }

    /// A share as a filled bar.
    static func meter(_ share: Double?) -> Markup {
        guard let share, share.isFinite else { return .none }
        return "<span class=\"meter\"><i style=\"width:\(decimal(min(1, max(0, share)) * 100))%\"></i></span>"
    }

    // MARK: Over time

    /// Curves over the bars' time from zero up, with deploys as marks.
    static func lines(
        _ title: String, _ series: [Series], over bars: Bars, deploys: [DeployMark] = [], shades: [Shade] = [],
        format: (Double) -> String
    ) -> Markup {
        let known = series.flatMap { $0.values.compactMap { $0 } }
        guard let highest = known.max(), highest > 0, bars.tallies.count > 1 else {
            return known.isEmpty ? .none : "<p class=\"dim\">\(title): nothing but zero</p>\n"
        }
        let top = roundedUp(highest)
        let count = Double(bars.tallies.count)
        let span = Double(bars.step) * count
        func x(_ time: Int64) -> Double { min(1000, max(0, Double(time - bars.start) / span * 1000)) }
        let shading = shades.filter { $0.to > bars.start }.map { shade -> Markup in
            let (from, to) = (x(shade.from), x(shade.to))
            return
                "<rect class=\"shade-\(shade.role)\" x=\"\(decimal(from))\" y=\"0\" width=\"\(decimal(max(2, to - from)))\" height=\"100\"><title>\(shade.name)</title></rect>"
        }
        let marks = deploys.filter { bars.index(of: $0.time) != nil }.map { mark -> Markup in
            "<line class=\"mark\" x1=\"\(decimal(x(mark.time)))\" x2=\"\(decimal(x(mark.time)))\" y1=\"0\" y2=\"100\"><title>deploy \(mark.label)</title></line>"
        }
        let curves = series.map { one -> Markup in
            "<path class=\"line \(one.style)\" stroke-dasharray=\"\(one.dashes)\" d=\"\(curve(one.values, top: top))\"/>"
        }
        let keys = series.count < 2 ? [] : series.map(key)
        let times = stride(from: 0, through: 4, by: 1).map { quarter -> Markup in
            let time = bars.start + Int64(span * Double(quarter) / 4)
            return "<span>\(clock(time, span: span))</span>"
        }
        return """
            <figure><figcaption><span>\(title)</span>\(keys)</figcaption>
            <div class="plot"><div class="y"><span>\(format(top))</span><span>\(format(top / 2))</span><span>\(format(0))</span></div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="\(title)"><line class="grid" x1="0" x2="1000" y1="0" y2="0"/><line class="grid" x1="0" x2="1000" y1="50" y2="50"/>\(shading)\(marks)\(curves)</svg>
            <div class="x">\(times)</div></div></figure>

            """
    }

    private static func key(_ series: Series) -> Markup {
        "<span class=\"key\"><svg viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path class=\"line \(series.style)\" stroke-dasharray=\"\(series.dashes)\" d=\"M1 4H21\"/></svg>\(series.name)</span>"
    }

    private static func curve(_ values: [Double?], top: Double) -> String {
        var path = ""
        var isDown = false
        for (place, value) in values.enumerated() {
            guard let value, value.isFinite else {
                isDown = false
                continue
            }
            let x = decimal((Double(place) + 0.5) / Double(values.count) * 1000)
            let y = decimal(100 - value / top * 100)
            // A point alone is a dot.
            path += isDown ? "L\(x) \(y)" : "M\(x) \(y)h.01"
            isDown = true
        }
        return path
    }

    // MARK: Distribution

    /// Bars between bounds that grow by factors, with lines at some values.
    static func distribution(
        _ title: String, _ counts: [Double], marks: [(name: String, place: Double)], labels: [String]
    ) -> Markup {
        guard let highest = counts.max(), highest > 0 else { return .none }
        let width = 1000 / Double(counts.count)
        var path = ""
        for (place, count) in counts.enumerated() where count > 0 {
            let height = max(0.8, count / highest * 100)
            path += "M\(decimal(Double(place) * width)) 100v-\(decimal(height))h\(decimal(width * 0.92))V100z"
        }
        let lines = marks.map { mark -> Markup in
            let x = decimal(min(1, max(0, mark.place)) * 1000)
            return
                "<line class=\"mark\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"100\"><title>\(mark.name)</title></line>"
        }
        return """
            <figure><figcaption><span>\(title)</span></figcaption>
            <div class="plot"><div class="y"><span>\(NumberFormat.count(highest))</span><span>0</span></div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="\(title)"><path class="f1" d="\(path)"/>\(lines)</svg>
            <div class="x">\(labels.map { label -> Markup in "<span>\(label)</span>" })</div></div></figure>

            """
    }

    // MARK: Numbers

    /// The next of 1, 2, 4, 6, 8 times a power of ten.
    static func roundedUp(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        for factor in [1.0, 2, 4, 6, 8, 10] where factor * power >= value { return factor * power }
        return value
    }

    private static func clock(_ time: Int64, span: Double) -> String {
        let clock = ClockTime(time)
        // Two times that look the same must be of the same day.
        return span > Double(Span.day)
            ? "\(clock.date.dropFirst(5)) \(clock.text(seconds: false))" : clock.text(seconds: span < 600e6)
    }

    private static func decimal(_ value: Double) -> String { NumberFormat.plain((value * 100).rounded() / 100) }
}
