import CPosix
import Glibc

/// Signals as data: blocked in every thread and read from a descriptor, so that no handler ever interrupts drawing.
package enum SignalGate {
    /// Blocks the signals that `SignalReader` reads and ignores SIGPIPE. Call it in `main` before any thread starts: threads inherit
    /// the mask. So do child processes, whose mask has to be reset by whoever starts them.
    package static func blockEarly() {
        let signals = watched
        _ = unsafe agentdash_block_signals(signals, signals.count)
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Gives the signals that end a process their usual effect on the calling thread again: for the last messages after the screen is
    /// closed, so that a program held up by them can still be ended.
    package static func unblockTermination() {
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] { _ = agentdash_unblock_signal(signal) }
    }

    /// SIGHUP, SIGINT and SIGQUIT stay ignored where the parent ignored them: nohup and `&` mean it.
    static var watched: [Int32] {
        [SIGWINCH, SIGTERM, SIGTSTP, SIGCONT]
            + [SIGHUP, SIGINT, SIGQUIT].filter { !agentdash_signal_is_ignored($0) }
    }
}

/// The signals that came since they were last taken.
package struct PendingSignals: Sendable, Equatable {
    /// The first of SIGTERM, SIGINT and SIGQUIT that came, else SIGHUP.
    package var termination: Int32?
    /// SIGTSTP.
    package var stop = false
    /// SIGCONT.
    package var continued = false
    /// SIGWINCH.
    package var windowChanged = false
    /// SIGHUP.
    package var hangup = false

    package init() {}

    /// Adds a signal by its number; others are ignored.
    package mutating func insert(_ signal: Int32) {
        switch signal {
        case SIGWINCH: windowChanged = true
        case SIGTSTP: stop = true
        case SIGCONT: continued = true
        case SIGHUP:
            hangup = true
            termination = termination ?? signal
        // What a service takes for its settings having changed must not hide that it is to end.
        case SIGTERM, SIGINT, SIGQUIT: if termination == nil || termination == SIGHUP { termination = signal }
        default: break
        }
    }
}

/// Reads blocked signals from a descriptor that `poll` can wait on. Also of use without a screen.
package struct SignalReader: ~Copyable {
    /// Readable when a signal waits.
    package let descriptor: Int32
    private var pending = PendingSignals()

    /// Requires `SignalGate.blockEarly()`.
    package init() throws(TerminalError) {
        let signals = SignalGate.watched
        descriptor = unsafe agentdash_signalfd(signals, signals.count)
        guard descriptor >= 0 else { throw .system(call: "signalfd", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Reads what waits and keeps it; answers all that is kept without taking it.
    package mutating func peek() -> PendingSignals {
        while true {
            let signal = agentdash_signalfd_next(descriptor)
            if signal <= 0 { return pending }
            pending.insert(signal)
        }
    }

    /// Forgets that SIGCONT came: it was acted on.
    mutating func dropContinued() {
        _ = peek()
        pending.continued = false
    }

    /// Reads what waits and takes all that was kept.
    package mutating func take() -> PendingSignals {
        let taken = peek()
        pending = PendingSignals()
        return taken
    }
}
