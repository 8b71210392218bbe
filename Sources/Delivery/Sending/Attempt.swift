import Export
import Glibc
import Monitoring
import Store

/// One attempt to deliver one notification through one channel, without ever waiting.
final class Attempt {
    private let courier: Courier
    private let redaction: Redaction
    /// µs since 1970.
    private let now: Int64
    private var conversation: any Conversation
    private var running: Running?
    private var result: AttemptResult?

    private struct Running {
        let program: RunningProgram
        let name: String
        /// The host, where it is curl.
        let host: String?
        let body: String?
    }

    /// - Parameter now: µs since 1970.
    init(_ channel: Channel, _ notification: AlertNotification, _ courier: Courier, now: Int64) {
        self.courier = courier
        self.now = now
        redaction = channel.redaction
        conversation = channel.conversation(about: notification, now: now)
        proceed(nil)
    }

    /// A request that belongs to no channel.
    init(_ request: HTTPRequest, _ redaction: Redaction, _ courier: Courier, now: Int64) {
        self.courier = courier
        self.now = now
        self.redaction = redaction
        conversation = SingleRequest(request: request, redaction: redaction)
        proceed(nil)
    }

    deinit { removeBody() }

    /// What becomes readable when there is something to advance.
    var descriptors: [Int32] { running?.program.descriptors ?? [] }

    /// ms until it has to be advanced even if nothing becomes readable.
    var rest: Int64 { running?.program.rest ?? 0 }

    /// What came of it, once that is known.
    func advance() -> AttemptResult? {
        while let running {
            guard let end = running.program.advance() else { break }
            removeBody()
            self.running = nil
            if let host = running.host { took(end, from: host) } else { took(end, of: running.name) }
        }
        return result
    }

    private func proceed(_ reply: HTTPReply?) {
        switch conversation.next(reply) {
        case .end(let result): self.result = result
        case .send(let request): send(request)
        case .run(let call): run(call)
        case .append(let line, let path):
            do throws(StoreError) {
                try DurableFile.append(Array((line + "\n").utf8), to: path)
                result = .delivered("written to \(MessageText.line(path, limit: 200))")
            } catch {
                result = .failed(AttemptFailure(redaction.shown(error.description)))
            }
        }
    }

    private func send(_ request: HTTPRequest) {
        var name: String?
        do {
            if let body = request.body {
                let new = "body-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
                try DurableFile.create(Array(body.line.utf8), new, in: courier.bodies)
                name = new
            }
            let text = CurlCall.configuration(
                request, body: name.map { courier.bodies[$0] }, patience: courier.patience)
            let program = try RunningProgram(
                [courier.curl] + CurlCall.arguments, environment: Self.environment, input: Array(text.utf8),
                // curl has its own clock; ours is for one that is stuck.
                patience: courier.patience + 1000)
            running = Running(program: program, name: "curl", host: request.host, body: name)
        } catch {
            if let name { courier.bodies.remove(name) }
            let reason = (error as? StartFailure)?.reason(courier.curl) ?? "\(error)"
            result = .failed(AttemptFailure(redaction.shown(reason), pausesLane: true))
        }
    }

    private func took(_ end: RunningProgram.End, from host: String) {
        // Once the receiver has answered, its status counts, even where the rest of the answer is lost.
        if let reply = CurlCall.reply(end.output, now: now) { return proceed(reply) }
        if end.isLate { return result = CurlCall.failure(28, host: host) }
        if let failure = CurlCall.failure(end.status, host: host) { return result = failure }
        let said = redaction.shown(String(decoding: end.messages.prefix(2048), as: UTF8.self))
        let reason = "no answer from \(host) (curl \(end.status))" + (said.isEmpty ? "" : ": \(said)")
        // An address or protocol that curl doesn't take, it never will.
        result = [1, 2, 3].contains(end.status) ? .refused(reason) : .failed(AttemptFailure(reason))
    }

    private func run(_ call: ProgramCall) {
        let name = call.arguments.first ?? ""
        do throws(StartFailure) {
            let program = try RunningProgram(
                call.arguments, environment: nil, input: call.input, patience: call.patience, limit: 4096)
            running = Running(program: program, name: name, host: nil, body: nil)
        } catch {
            result = .failed(AttemptFailure(redaction.shown(error.reason(name))))
        }
    }

    private func took(_ end: RunningProgram.End, of name: String) {
        let shown = MessageText.line(name, limit: 100)
        if end.isLate { return result = .failed(AttemptFailure("\(shown) took too long and was ended")) }
        if end.status == 0 { return result = .delivered("\(shown) exited with 0") }
        let bytes = end.messages.contains { $0 > 0x20 } ? end.messages : end.output
        let said = redaction.shown(String(decoding: bytes, as: UTF8.self).trimmed)
        let reason = "\(shown) exited with \(end.status)" + (said.isEmpty ? "" : ": \(said)")
        // What it did before it failed isn't known: it is run again only where it asks for it.
        result = end.status == ProgramCall.temporaryFailure ? .failed(AttemptFailure(reason)) : .refused(reason)
    }

    private func removeBody() {
        if let body = running?.body { courier.bodies.remove(body) }
    }

    private static var environment: [String] {
        CurlCall.environmentNames.compactMap { name in
            unsafe getenv(name).map { unsafe "\(name)=\(String(cString: $0))" }
        } + ["LC_ALL=C"]
    }
}
