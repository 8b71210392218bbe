import Foundation
import Testing

@testable import Scenario

@Suite struct BulkTrafficTests {
    @Test(arguments: BulkTraffic.Shape.allCases)
    func `equal seeds give equal bytes however they are asked for`(shape: BulkTraffic.Shape) {
        var whole = BulkTraffic(shape, seed: 7)
        var parts = BulkTraffic(shape, seed: 7)
        var other = BulkTraffic(shape, seed: 8)
        let bytes = whole.next(300)
        #expect(bytes == parts.next(100) + parts.next(200))
        #expect(bytes != other.next(300))
        #expect(whole.told == 300)
    }

    @Test func `an export has a trace of its own and four spans of it`() throws {
        var traffic = BulkTraffic(.otlp)
        var traces: Set<String> = []
        for line in traffic.next(300).split(separator: UInt8(ascii: "\n")) {
            let value = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            let export = try #require((value?["resourceSpans"] as? [[String: Any]])?.first)
            let scope = try #require((export["scopeSpans"] as? [[String: Any]])?.first)
            let spans = try #require(scope["spans"] as? [[String: Any]])
            #expect(spans.count == 4)
            #expect(spans.filter { $0["parentSpanId"] == nil }.count == 1)
            #expect(Set(spans.compactMap { $0["spanId"] as? String }).count == 4)
            let ids = Set(spans.compactMap { $0["traceId"] as? String })
            #expect(ids.count == 1 && ids.allSatisfy { $0.count == 32 })
            traces.formUnion(ids)
        }
        #expect(traces.count == 300)
    }

    @Test(arguments: BulkTraffic.Shape.allCases.filter(\.isNative))
    func `every line is an object with a time that never goes back`(shape: BulkTraffic.Shape) throws {
        var traffic = BulkTraffic(shape)
        var latest = ""
        for line in traffic.next(500).split(separator: UInt8(ascii: "\n")) {
            let value = try JSONSerialization.jsonObject(with: Data(line))
            let time = try #require((value as? [String: Any])?["timestamp"] as? String)
            #expect(time >= latest)
            latest = time
        }
    }

    @Test func `a flat record has sixteen fields in about 360 bytes`() throws {
        var traffic = BulkTraffic(.flat)
        let bytes = traffic.next(1_000)
        let first = try #require(bytes.split(separator: UInt8(ascii: "\n")).first)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(first)) as? [String: Any])
        #expect(object.count == 16)
        #expect((350...370).contains(bytes.count / 1_000))
    }

    @Test func `unique names are never said twice`() {
        var names = BulkTraffic.Names()
        names.areUnique = true
        var traffic = BulkTraffic(.flat, names: names)
        let lines = String(decoding: traffic.next(200), as: UTF8.self).split(separator: "\n")
        for key in ["model", "error_type", "user_id"] {
            let values = lines.compactMap { line in
                line.split(separator: "\"\(key)\":").last?.prefix { $0 != "," && $0 != "}" }
            }
            #expect(Set(values).count == 200)
        }
    }
}
