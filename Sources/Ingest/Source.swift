/// One place that records come from. Made by a `SourceSet`, used by one thread.
package final class Source {
    /// What has to happen before another read is worth it.
    enum Need {
        /// Nothing: read.
        case nothing
        /// The descriptor becomes readable.
        case input(Int32)
        /// The followed file changes.
        case change(FollowedFile)
        /// Some time passes.
        case time
        /// Nothing comes any more.
        case never
    }

    private enum Input {
        case stream(StreamInput)
        case file(FollowedFile)
        case program(any ChunkProducer)
        case closed(ReadOutcome)
    }

    /// Place in `SourceSet.sources`.
    package let index: Int
    /// What the screen tells about the source, as of the last read.
    package private(set) var status: SourceStatus

    private var input: Input
    private var isCaughtUp = false

    init(_ location: SourceLocation, index: Int, follows: Bool, shared: SharedByFiles, standardInput: Int32) {
        self.index = index
        let name = location.displayName
        status = SourceStatus(name: name)
        do throws(SourceError) {
            switch location {
            case .standardInput:
                input = .stream(try StreamInput(standardInput: standardInput, name: name))
            case .program(_, let producer):
                input = .program(producer)
            case .file(let path):
                let isStream = (try? FileInformation(path: path))?.kind == .stream
                if isStream {
                    input = .stream(try StreamInput(opening: path, name: name))
                } else {
                    input = .file(
                        FollowedFile(path: path, location: location, source: index, follows: follows, shared: shared)
                    )
                }
            }
        } catch {
            input = .closed(.failed(error))
        }
    }

    /// Reads once, at most what the buffer has room for. Never waits, but for the time that a disk takes.
    ///
    /// Take all lines from the buffer before reading again. After `.ended` and `.failed` the answer stays the same.
    package func read(into buffer: inout LineBuffer) -> ReadOutcome {
        let outcome = readOnce(into: &buffer)
        isCaughtUp = outcome == .caughtUp
        switch outcome {
        case .bytes(let count):
            status.bytesRead += Int64(count)
            status.state = .reading
        case .caughtUp:
            status.state = .following
        case .ended:
            status.state = .ended
        case .failed(let error):
            status.state = .failed
            status.lastError = error.description
        }
        note()
        switch outcome {
        case .ended, .failed: input = .closed(outcome)
        case .bytes, .caughtUp: break
        }
        return outcome
    }

    /// Whether a read may bring something at once.
    package var mayHaveMore: Bool {
        if case .nothing = need { true } else { false }
    }

    var need: Need {
        if case .closed(let outcome) = input {
            // A failure at opening is still to be told, by the first read.
            return outcome != .ended && status.state == .reading ? .nothing : .never
        }
        guard isCaughtUp else { return .nothing }
        switch input {
        case .stream(let stream): return .input(stream.number)
        case .file(let file): return .change(file)
        case .program: return .time
        case .closed: return .never
        }
    }

    /// Something happened that may have brought more.
    func wake() {
        isCaughtUp = false
    }

    private func readOnce(into buffer: inout LineBuffer) -> ReadOutcome {
        switch input {
        case .stream(let stream):
            return stream.read(into: &buffer, name: status.name)
        case .file(let file):
            return file.read(into: &buffer)
        case .program(var producer):
            let chunk = producer.next()
            input = .program(producer)
            guard let chunk else { return .ended }
            buffer.append(chunk)
            return chunk.isEmpty ? .caughtUp : .bytes(chunk.count)
        case .closed(let outcome):
            return outcome
        }
    }

    private func note() {
        switch input {
        case .file(let file):
            status.rotations = file.rotations
            if status.state != .failed {
                status.lastError = file.lastError
            }
            if status.state == .following, file.isMissing || file.lastError != nil {
                status.state = .waiting
            }
            if let progress = file.progress {
                status.position = progress.position
                status.size = progress.size
            }
        case .stream(let stream):
            guard let size = stream.size else { return }
            status.position = status.bytesRead
            status.size = size
        case .program, .closed:
            return
        }
    }
}
