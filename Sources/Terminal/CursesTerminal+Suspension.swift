import CPosix
import Glibc

extension CursesTerminal {
    /// Stops the process group as Ctrl-Z does everywhere else; returns when it is continued, with the terminal taken again and painted.
    ///
    /// Where there is no shell to return to, the system refuses to stop and this returns at once. When the process is continued only to
    /// be ended, the terminal is left to whoever has it: the next `wait` tells.
    package func suspend() {
        guard isOpen else { return }
        leaveScreen(patience: 500)
        capture.end()
        agentdash_guard_replay()
        Self.stopProcessGroup()
        signals.dropContinued()
        let isOurs = regainForeground()
        capture.begin()
        if isOurs { enterScreen() }
    }

    /// Stays stopped until the shell gives the terminal back; false when the process is to end instead.
    func regainForeground() -> Bool {
        while signals.peek().termination == nil {
            if device.isForeground { return true }
            Self.stopProcessGroup()
            signals.dropContinued()
            // Where stopping is refused, look again later and do not spin.
            var ready = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
            if !device.isForeground { _ = unsafe poll(&ready, 1, 200) }
        }
        return false
    }

    private static func stopProcessGroup() {
        kill(0, SIGTSTP)
        // Blocked in all other threads, so that this one stops here and with it the process.
        agentdash_unblock_signal(SIGTSTP)
        var stop = SIGTSTP
        _ = unsafe agentdash_block_signals(&stop, 1)
    }
}
