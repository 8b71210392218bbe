/// An attribute's value: OpenTelemetry's one-of, or plain JSON where a writer has flattened it.
enum OTLPValue {
    /// A text, number or boolean.
    case scalar(Int)
    /// A JSON array of values.
    case list(Int)
    /// A JSON array of key and value pairs, or an object.
    case map(Int)
    case none
}

extension JSONDocument {
    func otlpValue(_ node: Int) -> OTLPValue {
        if nodes[node].shape == .scalar { return .scalar(node + 2) }
        switch kind(node) {
        case .null: return .none
        case .array: return .list(node)
        case .object: break
        default: return .scalar(node)
        }
        let key = node + 1
        guard key < next(node) else { return .none }
        let value = key + 1
        if equals(key, "stringValue") || equals(key, "intValue") || equals(key, "doubleValue")
            || equals(key, "boolValue") || equals(key, "bytesValue") || equals(key, "string_value")
            || equals(key, "int_value") || equals(key, "double_value") || equals(key, "bool_value")
        {
            return kind(value) == .null ? .none : .scalar(value)
        }
        if equals(key, "arrayValue") || equals(key, "array_value") {
            return self.value(value, "values").map { .list($0) } ?? .none
        }
        if equals(key, "kvlistValue") || equals(key, "kvlist_value") {
            return self.value(value, "values").map { .map($0) } ?? .none
        }
        return .map(node)
    }

    /// The scalar of one attribute.
    func attribute(_ node: Int?, _ name: StaticString) -> Int? {
        var found: Int?
        var cursor = AttributeCursor(self, node)
        while let (key, value) = cursor.next(self) {
            if equals(key, name), case .scalar(let scalar) = otlpValue(value) { found = scalar }
        }
        return found
    }
}
