import Canvas
import Export
import Foundation
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

/// `--format html`.
@Suite struct SnapshotPageTests {
    private static func page(_ situation: Situation, _ window: Window = .hour1, _ palette: Palette = .plain) -> String {
        SnapshotPage(situation, window: window, palette: palette).text
    }

    /// Elements by name, attributes included; whether every element that must be closed is, in order. Nil where the text is
    /// not even tags.
    private static func elements(_ page: String) -> [(name: String, attributes: [String: String])]? {
        let void: Set = ["meta", "br"]
        var open: [String] = []
        var elements: [(String, [String: String])] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!DOCTYPE") { continue }
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return nil }
                continue
            }
            let name = String(tag.prefix { $0.isLetter || $0.isNumber })
            var attributes: [String: String] = [:]
            for match in tag.matches(of: /([a-zA-Z0-9-]+)="([^"]*)"/) { attributes[String(match.1)] = String(match.2) }
            elements.append((name, attributes))
            if !void.contains(name), !tag.hasSuffix("/") { open.append(name) }
            if name == "style" {
                guard let close = rest.range(of: "</style>") else { return nil }
                rest = rest[close.upperBound...]
                open.removeLast()
            }
        }
        return open.isEmpty ? elements : nil
    }

    private static let known: Set = [
        "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "h3", "small", "p", "div", "b",
        "span", "section", "figure", "figcaption", "svg", "path", "line", "rect", "table", "thead", "tbody", "tr", "th",
        "td", "code", "a", "i", "br", "footer",
    ]

    @Test func nothingOfTheInputIsMarkup() throws {
        for window in Window.allCases {
            let page = Self.page(HostileSituation.whole, window)
            let elements = try #require(Self.elements(page))
            #expect(Set(elements.map(\.name)).isSubset(of: Self.known))
            for (name, attributes) in elements {
                #expect(!attributes.keys.contains { $0.hasPrefix("on") || $0 == "src" || $0 == "srcset" }, "\(name)")
                if name == "i" { #expect(attributes["style"]?.wholeMatch(of: /width:[0-9.]+%/) != nil) }
            }
            // Nothing is loaded, nothing can be.
            #expect(!page.contains("<script") && !page.contains("url(") && !page.contains("@import"))
            #expect(page.contains("default-src 'none'"))
            let isText = page.unicodeScalars.allSatisfy {
                $0 == "\n"
                    || ($0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value))
            }
            #expect(isText)
        }
    }

    @Test func theTitleIsTheVerdict() throws {
        let page = Self.page(HostileSituation.whole)
        let title = try #require(page.firstMatch(of: /<title>(.*)<\/title>/)?.1)
        #expect(title.contains("▲ DEGRADED since 02:3") || title.contains("✗ CRITICAL since 02:3"), "\(title)")
        #expect(title.contains("&lt;/title&gt;"))
    }

    @Test func itTellsWhatItKnows() {
        let page = Self.page(HostileSituation.whole)
        for text in [
            "elevated_error_rate", "What happened when", "deploy <code>&lt;i&gt;v9", "Failures by type", "first action",
            "output length", "drifted", "95% interval", "Worst slices", "of failures", "Traces", "p99",
            "cost a success",
            "rejected: <code>&lt;b&gt;:7</code> &lt;img",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func objectivesAndBudgetsAreOnThePageWhereTheSettingsAskForThem() throws {
        var bench = CountingBench()
        let task = bench.symbol("<b>refund", .taskType)
        for second in Int64(0)..<600 {
            bench.count(at: anyTime + second * Span.second, cost: 50_000_000) { record in
                record.success = second % 8 != 0
                record.latency = 3 * Span.second
                record.values[.taskType] = task
            }
        }
        let now = anyTime + 600 * Span.second
        func page(_ watches: Watches) throws -> String {
            var watches = watches
            watches.step(bench.snapshot(asOf: now), at: now)
            return Self.page(
                Situation(
                    snapshot: bench.snapshot(asOf: now), alerts: [], rules: [], events: [], judgedUpTo: now,
                    watches: watches))
        }
        let plain = try page(Watches())
        let asked = try page(
            Watches(
                [try Objective(name: "<i>success", kind: .success, target: 950_000)], Budget(daily: 20),
                latency: [LatencyBudget(.chat, filter: try RecordFilter(#"task_type = "<b>refund""#))]))
        for text in [
            "<h3>Objectives</h3>", "&lt;i&gt;success", "budget spent: freeze prompt experiments", "<h3>Budgets</h3>",
            "≥150%", "<h3>Latency budgets</h3>", "task_type = &quot;&lt;b&gt;refund&quot;", "OVER",
        ] {
            #expect(asked.contains(text) && !plain.contains(text), "\(text)")
        }
        #expect(Set(try #require(Self.elements(asked)).map(\.name)).isSubset(of: Self.known))
    }

    @Test func whatIsNotKnownIsADash() throws {
        let page = Self.page(HostileSituation.nothing)
        #expect(Self.elements(page) != nil)
        #expect(page.contains("? NO DATA") && page.contains("<b>–</b>"))
        #expect(!page.contains("NaN") && !page.contains("inf%"))
    }

    @Test func coloursAreThePalettes() {
        let looks: [Role: RoleLook] = [
            .text: RoleLook(
                foreground: ColourChoice(truecolor: .rgb(red: 1, green: 2, blue: 3)),
                background: ColourChoice(truecolor: .rgb(red: 250, green: 251, blue: 252))),
            .critical: RoleLook(foreground: ColourChoice(sixteen: .ansi(9))),
        ]
        let palette = Palette(name: "x", appearance: .light, looks: looks)
        let page = Self.page(HostileSituation.nothing, .hour1, palette)
        #expect(page.contains("color-scheme:light"))
        for colour in ["--text:#010203", "--page:#fafbfc", "--critical:#ff0000"] {
            #expect(page.contains(colour), "\(colour)")
        }
    }

    @Test func onlyAddressesOfTheWebAreLinks() throws {
        let address = { (url: String) -> [String] in
            let page = Self.page(LinkedSituation.make(url: url))
            return try #require(Self.elements(page)).compactMap { $0.name == "a" ? $0.attributes["href"] : nil }
        }
        #expect(try address("https://t.example/1?a=1&b=2") == ["https://t.example/1?a=1&amp;b=2"])
        for url in ["javascript:alert(1)", "data:text/html,x", " https://x", "//x", "file:///etc/passwd", ""] {
            #expect(try address(url).isEmpty, "\(url)")
        }
    }
}
