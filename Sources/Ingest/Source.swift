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
        /// Files that match a pattern come or go.
        case names(FollowedPattern)
        /// Some time passes.
        case time
        /// Nothing comes any more.
        case never
    }

    private enum Input {
        case stream(StreamInput)
        case file(FollowedFile)
        case pattern(FollowedPattern)
        case history(HistoryPart)
        case program(any ChunkProducer)
        case closed(ReadOutcome)
    }

    /// Place in `SourceSet.sources`.
    package let index: Int
    /// Whether it brings what lies before the place where following a large file began: to be read behind all others.
    package let isHistory: Bool
    /// What the screen tells about the source, as of the last read.
    package private(set) var status: SourceStatus

    private var input: Input
    private var isCaughtUp = false
    /// Whether the end was told.
    private var hasToldEnd = false

    init(_ location: SourceLocation, index: Int, follows: Bool, shared: SharedByFiles, standardInput: Int32) {
        self.index = index
        isHistory = false
        let name = location.displayName
        status = SourceStatus(name: name)
        do throws(SourceError) {
            switch location {
            case .standardInput:
                input = .stream(try StreamInput(standardInput: standardInput, name: name))
            case .program(_, let producer):
                input = .program(producer)
            case .matches(let pattern):
                input = .pattern(
                    FollowedPattern(pattern, displayName: name, source: index, changes: shared.changes))
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

    init(_ history: HistoryPart, name: String, index: Int) {
        self.index = index
        isHistory = true
        status = SourceStatus(name: name)
        status.start = history.start
        input = .history(history)
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
        case .ended, .failed: close(outcome)
        case .bytes, .caughtUp: break
        }
        return outcome
    }

    private func close(_ outcome: ReadOutcome) {
        input = .closed(outcome)
        hasToldEnd = true
    }

    /// Whether a read may bring something at once.
    package var mayHaveMore: Bool {
        if case .nothing = need { true } else { false }
    }

    var need: Need {
        if case .closed = input { return hasToldEnd ? .never : .nothing }
        guard isCaughtUp else { return .nothing }
        switch input {
        case .stream(let stream): return .input(stream.number)
        case .file(let file): return file.pendingInput.map { .input($0) } ?? .change(file)
        case .pattern(let pattern): return .names(pattern)
        case .program: return .time
        case .history, .closed: return .never
        }
    }

    /// Something happened that may have brought more.
    func wake() {
        isCaughtUp = false
        if case .pattern(let pattern) = input { pattern.wake() }
    }

    /// Lets the next read be the last: the file that was followed is gone.
    func end() {
        guard case .file(let file) = input else { return }
        file.close()
        input = .closed(.ended)
    }

    private func readOnce(into buffer: inout LineBuffer) -> ReadOutcome {
        switch input {
        case .stream(let stream):
            return stream.read(into: &buffer, name: status.name)
        case .file(let file):
            return file.read(into: &buffer)
        case .pattern:
            // Its files are sources of their own.
            return .caughtUp
        case .history(let part):
            return part.read(into: &buffer)
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
                status.lastError = file.problem
            }
            if status.state == .following, file.isMissing || file.problem != nil {
                status.state = .waiting
            } else if status.state == .following, file.pendingInput != nil {
                status.state = .reading
            }
            (status.start, status.unread) = file.opening
            if let progress = file.progress {
                status.position = progress.position
                status.size = progress.size
            }
        case .pattern(let pattern):
            status.state = pattern.members.isEmpty ? .waiting : .following
            status.lastError = pattern.problem
            status.position = 0
            status.size = 0
        case .history(let part):
            status.position = part.position
            status.size = part.end
            status.lastError = part.problem ?? status.lastError
        case .stream(let stream):
            guard let size = stream.size else { return }
            status.position = status.bytesRead
            status.size = size
        case .program, .closed:
            return
        }
    }

    // MARK: What the set asks

    /// The history that the source's file turned out to have, once.
    func takeHistory() -> HistoryPart? {
        guard case .file(let file) = input else { return nil }
        return file.takeHistory()
    }

    /// Whether the followed file still bears its name.
    var standing: FollowedFile.Standing {
        guard case .file(let file) = input, isCaughtUp else { return .present }
        return file.standing
    }

    /// The pattern whose matches are to be sources too.
    var pattern: FollowedPattern? {
        guard case .pattern(let pattern) = input else { return nil }
        return pattern
    }

    /// Tells the state of a pattern as it is now; as the only thing to read once, it is at its end.
    func noteMatches(_ outcome: ReadOutcome?) {
        note()
        if let outcome { input = .closed(outcome) }
    }
}
