import CPosix
import Glibc
import Testing

struct CPosixTests {
    private func isReadable(_ descriptor: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&ready, 1, 0) == 1
    }

    @Test func anEventIsSeenUntilItIsDrained() {
        let event = agentdash_eventfd()
        defer { close(event) }
        #expect(!isReadable(event))
        agentdash_eventfd_signal(event)
        agentdash_eventfd_signal(event)
        #expect(isReadable(event))
        agentdash_eventfd_drain(event)
        #expect(!isReadable(event))
        // Draining what is empty does not wait.
        agentdash_eventfd_drain(event)
    }

    @Test func aPipeIsClosedOnExecAndTakesASize() {
        var reader: Int32 = -1
        var writer: Int32 = -1
        #expect(unsafe agentdash_pipe(&reader, &writer, true) == 0)
        defer {
            close(reader)
            close(writer)
        }
        #expect(fcntl(reader, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(reader, F_GETFL) & O_NONBLOCK != 0)
        #expect(agentdash_set_pipe_size(writer, 16384) == 16384)
    }

    @Test(arguments: [
        ("", -1, -1), ("a", -1, -1), ("\n", 0, 0), ("a\nb\nc", 1, 3), ("\na", 0, 0),
        (String(repeating: "x", count: 999) + "\n", 999, 999),
    ]) func newlinesAreFoundFromBothEnds(text: String, first: Int, last: Int) {
        let bytes = Array(text.utf8)
        #expect(unsafe agentdash_first_byte(bytes, bytes.count, 10) == first)
        #expect(unsafe agentdash_last_byte(bytes, bytes.count, 10) == last)
    }

    @Test func anAnonymousFileKeepsWhatIsWritten() {
        let file = unsafe agentdash_anonymous_file("test")
        defer { close(file) }
        var written: [UInt8] = [1, 2, 3]
        #expect(unsafe write(file, &written, 3) == 3)
        var read = [UInt8](repeating: 0, count: 8)
        #expect(unsafe pread(file, &read, 8, 0) == 3)
        #expect(Array(read.prefix(3)) == written)
        #expect(fcntl(file, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func aLockLetsOneThreadInAtATime() throws {
        @safe final class Shared {
            let lock = unsafe agentdash_lock_create()
            var count = 0
        }
        let shared = Shared()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context = unsafe context else { return nil }
            let shared = unsafe Unmanaged<Shared>.fromOpaque(context).takeUnretainedValue()
            for _ in 0..<20_000 {
                unsafe agentdash_lock_acquire(shared.lock)
                shared.count += 1
                unsafe agentdash_lock_release(shared.lock)
            }
            return nil
        }
        let context = unsafe Unmanaged.passUnretained(shared).toOpaque()
        var threads = [pthread_t](repeating: pthread_t(), count: 4)
        for index in threads.indices { #expect(unsafe pthread_create(&threads[index], nil, body, context) == 0) }
        for thread in threads { #expect(pthread_join(thread, nil) == 0) }
        #expect(shared.count == 80_000)
        #expect(unsafe agentdash_lock_try(shared.lock))
        unsafe agentdash_lock_release(shared.lock)
        unsafe agentdash_lock_destroy(shared.lock)
    }

    @Test func whoWaitsUnderALockIsWokenToLookAgain() {
        @safe final class Shared {
            let lock = unsafe agentdash_lock_create()
            var count = 0
        }
        let shared = Shared()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context = unsafe context else { return nil }
            let shared = unsafe Unmanaged<Shared>.fromOpaque(context).takeUnretainedValue()
            for _ in 0..<1_000 {
                unsafe agentdash_lock_acquire(shared.lock)
                while shared.count % 2 == 0 { unsafe agentdash_lock_wait(shared.lock) }
                shared.count += 1
                unsafe agentdash_lock_release(shared.lock)
                unsafe agentdash_lock_notify(shared.lock)
            }
            return nil
        }
        var thread = pthread_t()
        #expect(unsafe pthread_create(&thread, nil, body, Unmanaged.passUnretained(shared).toOpaque()) == 0)
        for turn in 0..<1_000 {
            unsafe agentdash_lock_acquire(shared.lock)
            while shared.count % 2 == 1 { unsafe agentdash_lock_wait(shared.lock) }
            #expect(shared.count == 2 * turn)
            shared.count += 1
            unsafe agentdash_lock_release(shared.lock)
            unsafe agentdash_lock_notify(shared.lock)
        }
        #expect(pthread_join(thread, nil) == 0)
        #expect(shared.count == 2_000)
        unsafe agentdash_lock_destroy(shared.lock)
    }

    @Test func thereIsAProcessorToRunOn() {
        #expect(agentdash_processor_count() >= 1)
    }
}
