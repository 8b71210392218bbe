/// The program that rolls a canary back, with places for what is only known then: `deployctl rollback {control}`.
///
/// It is started as it stands, by no shell; what the input names is one argument or a part of one, and no option.
package struct RollbackCommand: Sendable, Hashable {
    /// The program and its arguments, with places.
    package let words: [String]

    package enum Place: String, Sendable, CaseIterable {
        /// The version that control runs; where requests name none, its variant.
        case control
        case canary
        case controlVariant = "control_variant"
        case canaryVariant = "canary_variant"
    }

    /// What is wrong with a command.
    package struct Mistake: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    /// - Throws: where there is no program, or a place is none of the known ones.
    package init(words: [String]) throws(Mistake) {
        guard let program = words.first, !program.isEmpty else { throw Mistake(description: "names no program") }
        guard !program.contains("{") else { throw Mistake(description: "the program itself must not depend on input") }
        for word in words {
            for name in Self.places(in: word) where Place(rawValue: name) == nil {
                let known = Place.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                throw Mistake(description: "{\(name)} is not known; there are \(known)")
            }
        }
        self.words = words
    }

    /// Words divided by blanks; those within `'…'` or `"…"` are one.
    ///
    /// - Throws: also where a quote is not closed.
    package init(line: String) throws(Mistake) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Mistake(description: "\(quote) is not closed") }
        if let word { words.append(word) }
        try self.init(words: words)
    }

    /// The program and its arguments for a canary.
    ///
    /// - Throws: where the input names a version that could be taken for anything else than a name.
    package func arguments(for target: RollbackTarget) throws(Mistake) -> [String] {
        func value(_ place: Place) -> String {
            switch place {
            case .control: target.controlVersion.isEmpty ? target.controlVariant : target.controlVersion
            case .canary: target.canaryVersion.isEmpty ? target.canaryVariant : target.canaryVersion
            case .controlVariant: target.controlVariant
            case .canaryVariant: target.canaryVariant
            }
        }
        var arguments = words
        for place in Place.allCases {
            let mark = "{\(place.rawValue)}"
            guard arguments.contains(where: { $0.contains(mark) }) else { continue }
            let value = value(place)
            guard Self.isName(value) else {
                throw Mistake(description: "\(mark) would be \(value.debugDescription), which is no name of a version")
            }
            // Only what is written in the settings has places: a value with one in it is no name.
            arguments = arguments.map {
                $0.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
            }
        }
        return arguments
    }

    /// The line as one would type it.
    package static func text(_ arguments: [String]) -> String {
        arguments.map { word in
            let isPlain = !word.isEmpty && word.utf8.allSatisfy(isPlain)
            return isPlain
                ? word
                : "'"
                    + word.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }

    /// Letters, digits and what stands between them in a version: no option, no path, no address, no file to be read.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first) else { return false }
        return text.utf8.count <= 200 && text.utf8.allSatisfy { isAlphanumeric($0) || "._-+".utf8.contains($0) }
            && !text.contains("..")
    }

    /// Read by a shell as it stands.
    private static func isPlain(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "._-:/@+=,".utf8.contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// What stands in braces.
    private static func places(in word: String) -> [String] {
        word.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
            rest.firstIndex(of: "}").map { String(rest[..<$0]) }
        }
    }
}
