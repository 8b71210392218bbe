import FoundationEssentials

/// Values as JSON bytes and back, for what is kept and for what other services answer.
package enum StoredJSON {
    /// One line with its keys sorted: equal values, equal bytes.
    package static func bytes(_ value: some Encodable) throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON lacks them, and a value that divides by nothing is no reason not to keep the rest.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw StoreError(path: "\(type(of: value))", message: "can't be written as JSON")
        }
    }

    /// nil where the bytes are no such value.
    package static func value<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: Data(bytes))
    }
}
