import CNcurses
package import Canvas
import Glibc

extension CursesTerminal {
    /// Waits for a key, a signal, a change of size, or for `wake` (a descriptor of the caller's, -1 for none) to become readable.
    ///
    /// - Parameter milliseconds: how long at most; -1 waits for ever, 0 only looks.
    package func wait(wake: Int32 = -1, milliseconds: Int32) -> TerminalEvents {
        var events = TerminalEvents()
        let isReady = decoder.holdsKey || isLost || signals.peek() != PendingSignals()
        var ready = [
            pollfd(fd: device.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            // A negative descriptor is skipped by poll.
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            // No event asked for: only that the terminal is gone.
            pollfd(fd: device.output, events: 0, revents: 0),
        ]
        let count = unsafe poll(&ready, nfds_t(ready.count), isReady ? 0 : milliseconds)
        if count == 0 && !isReady {
            events.timedOut = true
            return events
        }
        if count > 0 {
            let gone = POLLHUP | POLLERR | POLLNVAL
            if Int32(ready[0].revents | ready[3].revents) & gone != 0 { isLost = true }
            events.keys = Int32(ready[0].revents) & POLLIN != 0
            // Readable for ever without a key is the end of the input, not a reason to spin.
            unansweredReadies = events.keys ? unansweredReadies + 1 : 0
            if unansweredReadies > 100 { isLost = true }
            events.wake = wake >= 0 && ready[2].revents != 0
        }
        if decoder.holdsKey { events.keys = true }
        let arrived = signals.take()
        apply(arrived, to: &events)
        events.terminalLost = isLost || arrived.hangup
        return events
    }

    private func apply(_ arrived: PendingSignals, to events: inout TerminalEvents) {
        events.termination = arrived.termination
        events.stop = arrived.stop
        if arrived.windowChanged {
            adoptSize()
            shown = nil
            events.resized = true
        }
        if arrived.continued && !isLost && arrived.termination == nil && regainForeground() {
            let before = size
            enterScreen()
            events.continued = true
            if size != before { events.resized = true }
        }
    }

    /// Asks the terminal for its size and tells curses.
    func adoptSize() {
        guard let found = device.size() else { return }
        if found != size || Int(shim_columns()) != found.width || Int(shim_lines()) != found.height {
            resize_term(Int32(found.height), Int32(found.width))
            shown = nil
        }
        size = found
    }

    /// The next key that was pressed; nil when none waits.
    package func nextKey() -> Key? {
        guard isOpen else { return nil }
        return decoder.next { readRaw() }
    }

    private func readRaw() -> RawKey {
        var value: wint_t = 0
        switch unsafe wget_wch(keyWindow, &value) {
        case OK:
            unansweredReadies = 0
            return .scalar(value)
        case KEY_CODE_YES:
            unansweredReadies = 0
            let code = Int32(bitPattern: value)
            if code == KEY_MOUSE { return readMouse() }
            // Numbers above curses' own are given out as entries are read: only their names mean something.
            if code > KEY_MAX, let name = unsafe keyname(code) { return .capability(unsafe String(cString: name)) }
            return .code(code)
        default: return .none
        }
    }

    private func readMouse() -> RawKey {
        var x: Int32 = 0
        var y: Int32 = 0
        switch unsafe shim_mouse(&x, &y) {
        case 1: return .mouse(.click(x: Int(x), y: Int(y)))
        case 2: return .mouse(.wheel(up: true, x: Int(x), y: Int(y)))
        case 3: return .mouse(.wheel(up: false, x: Int(x), y: Int(y)))
        // A release or a movement: no key of ours, and not the end of the input.
        default: return .code(KEY_MOUSE)
        }
    }
}
