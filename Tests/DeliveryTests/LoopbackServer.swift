import Foundation
import Glibc
import Threads

/// A receiver on this machine that answers as a test wants it to, each connection on a thread of its own.
final class LoopbackServer: Sendable {
    struct Request: Sendable, Equatable {
        var method: String
        var path: String
        /// Names in small letters.
        var headers: [String: String]
        var body: String
    }

    enum Answer: Sendable {
        case status(Int, headers: [String: String] = [:], body: String = "")
        /// Takes the request and never answers.
        case hang
        /// Closes without a word.
        case close
    }

    private struct State: Sendable {
        var requests: [Request] = []
        var hanging: [Int32] = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let state = Locked(State())
    private let answer: Locked<@Sendable (Request, Int) -> Answer>

    /// - Parameter answer: to a request, of which there were so many before.
    init(_ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in .status(202) }) throws {
        self.answer = Locked(answer)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        let (listener, state, choice) = (listener, state, self.answer)
        try DetachedThread.start("loopback") {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                try? DetachedThread.start("loopback-one") { Self.serve(connection, state, choice) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in state.withLock({ $0.hanging }) { close(connection) }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }

    /// From now on it answers otherwise.
    func become(_ answer: @escaping @Sendable (Request, Int) -> Answer) { self.answer.withLock { $0 = answer } }

    /// Ends what it has not answered.
    func hangUp() {
        let hanging = state.withLock { state in
            defer { state.hanging = [] }
            return state.hanging
        }
        for connection in hanging { close(connection) }
    }

    private static func serve(
        _ connection: Int32, _ state: Locked<State>, _ choice: Locked<@Sendable (Request, Int) -> Answer>
    ) {
        guard let request = read(connection) else {
            close(connection)
            return
        }
        let before = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        switch choice.withLock({ $0 })(request, before) {
        case .hang: state.withLock { $0.hanging.append(connection) }
        case .close: close(connection)
        case .status(let status, let headers, let body):
            var text = "HTTP/1.1 \(status) Test\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            let bytes = Array((text + "\r\n" + body).utf8)
            _ = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = parse(bytes) { return request }
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Request? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let body = String(text[end.upperBound...])
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        return Request(method: String(words[0]), path: String(words[1]), headers: headers, body: body)
    }
}
