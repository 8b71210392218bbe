import Telemetry
import Testing

@Suite struct SymbolTableTests {
    @Test func aNameIsOneSymbolInEachDimension() {
        let table = SymbolTable()
        let model = table.intern("gpt-4o", .model)
        #expect(table.intern("gpt-4o", .model) == model)
        #expect(table.intern("gpt-4o", .variant) != model)
        #expect(table.name(of: model) == "gpt-4o")
        #expect(table.lookup("gpt-4o", .model) == model)
        #expect(table.lookup("gpt-4o", .agent) == nil)
    }

    @Test func absentAndOtherHaveTheirNames() {
        let table = SymbolTable()
        #expect(table.intern("", .model) == .absent)
        #expect(table.names[.absent] == "")
        #expect(table.names[.other] == "other")
        #expect(table.names[Symbol(rawValue: 999)] == "?")
    }

    /// Lengths around the words that texts are compared in, differing in one place each.
    @Test func namesThatDifferInOneByteAreDifferent() {
        let table = SymbolTable()
        var seen: Set<Symbol> = []
        var texts: [String] = []
        for length in 1...40 {
            for place in 0..<length {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                bytes[place] = UInt8(ascii: "b")
                texts.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        for text in texts { seen.insert(table.intern(text, .tool)) }
        #expect(seen.count == texts.count)
        for text in texts { #expect(table.name(of: table.intern(text, .tool)) == text) }
    }

    @Test func beyondTheLimitNamesAreFoldedAndCounted() {
        let table = SymbolTable()
        for index in 0..<SymbolTable.limit + 10 { _ = table.intern("user-\(index)", .agent) }
        #expect(table.count(.agent) == SymbolTable.limit)
        #expect(table.folded(.agent) == 10)
        #expect(table.intern("one more", .agent) == .other)
        #expect(table.name(of: table.intern("user-7", .agent)) == "user-7")
        #expect(table.folded(.model) == 0)
        #expect(table.intern("m", .model) != .other)
    }

    @Test func longNamesAreCutWhereACharacterEnds() {
        let table = SymbolTable()
        let name = table.name(of: table.intern(String(repeating: "é", count: 150), .model))
        #expect(name == String(repeating: "é", count: 100))
        let odd = table.name(of: table.intern("x" + String(repeating: "é", count: 150), .model))
        #expect(odd == "x" + String(repeating: "é", count: 99))
        #expect(table.intern("x" + String(repeating: "é", count: 120), .model) == table.lookup(odd, .model))
    }

    @Test(arguments: [
        ("\u{1B}[2Jgone", "·[2Jgone"), ("a\nb\tc\0d", "a·b·c·d"), ("\u{9B}31m", "·31m"), ("\u{202E}evil", "·evil"),
        ("\u{7F}", "·"), ("日本 ✓ é", "日本 ✓ é"), ("\u{2028}", "·"), ("e\u{301}", "e\u{301}"),
    ])
    func namesCannotCarryTerminalControls(name: String, safe: String) {
        let table = SymbolTable()
        let symbol = table.intern(name, .tool)
        #expect(table.name(of: symbol) == safe)
        #expect(table.intern(name, .tool) == symbol)
        #expect(table.lookup(name, .tool) == symbol)
    }

    @Test func brokenUTF8IsRepaired() {
        var reader = LineReader()
        let line: [UInt8] =
            Array(#"{"latency_ms":1,"model":"a"#.utf8) + [0xFF, 0xC3, 0xED, 0xA0, 0x80] + Array(#""}"#.utf8)
        #expect(reader.decode(line) == .record)
        #expect(reader.name(reader.record.values[.model]) == "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test func namesHandedOutStayAsTheyWere() {
        let table = SymbolTable()
        for index in 0..<300 { _ = table.intern("n\(index)", .tool) }
        let names = table.names
        let later = table.intern("later", .tool)
        #expect(names.count == 302)
        #expect(names[later] == "?")
        #expect(table.names[later] == "later")
        #expect(names[Symbol(rawValue: 2)] == "n0")
        #expect(names[Symbol(rawValue: 301)] == "n299")
    }

    @Test func identifiersHashByTheirText() {
        #expect(IdentifierHash.hash("tr_1") == record(#"{"trace_id":"tr_1","latency_ms":1}"#).traceHash)
        #expect(IdentifierHash.hash("tr_1") == record(#"{"trace_id":"tr\u005f1","latency_ms":1}"#).traceHash)
        #expect(IdentifierHash.hash("42") == record(#"{"trace_id":42,"latency_ms":1}"#).traceHash)
        var hashes: Set<UInt64> = [0]
        for index in 0..<20_000 { hashes.insert(IdentifierHash.hash("trace-\(index)")) }
        for length in 0...40 { hashes.insert(IdentifierHash.hash(String(repeating: "\0", count: length))) }
        #expect(hashes.count == 20_042)
    }

    @Test func identifiersCanBeShown() {
        var reader = LineReader()
        #expect(reader.decode(#"{"latency_ms":1,"trace_id":"a\u001b[31m\/\ud83d\ude00\ud83d é"}"#) == .record)
        let bytes = reader.buffer
        let span = unsafe bytes.span.bytes
        #expect(SafeText.string(span, reader.record.traceText, limit: 200) == "a·[31m/😀\u{FFFD} é")
        #expect(SafeText.string(span, reader.record.traceText, limit: 10) == "a·[31m/")
        #expect(SafeText.string(span, 0..<0, limit: 10) == "")
    }
}
