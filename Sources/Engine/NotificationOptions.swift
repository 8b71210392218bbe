package import Monitoring
import Threads

/// What is done with alerts beside showing them.
package struct NotificationOptions: Sendable {
    package var policy = NotificationPolicy()
    /// What was told and said before, by this process or another.
    package var state = NotificationState()
    /// Takes what is to be sent, on the reading thread: it must not wait. nil: nobody is told.
    package var send: (@Sendable (RoutedNotification) -> Void)?
    /// Takes what must survive a restart, before what follows from it is handed to `send`. On the reading thread, too, and of live
    /// data only.
    package var keep: (@Sendable (NotificationState) -> Void)?
    /// What of that could not be kept; nil: nothing. On the reading thread: it must not wait.
    package var unkept: (@Sendable () -> NotificationReport.Unkept?)?
    /// What people and the delivery say.
    package let orders = NotificationOrders()

    package init() {}
}

/// What people, the delivery and other processes have said and nobody has taken in yet.
package final class NotificationOrders: Sendable {
    private struct Waiting: Sendable {
        var orders: [NotificationOrder] = []
        /// Has somebody look.
        var wake: (@Sendable () -> Void)?
    }

    private let waiting = Locked(Waiting())

    /// From any thread; never waits. Who reads takes it in at once.
    package func add(_ order: NotificationOrder) {
        let wake = waiting.withLock { waiting in
            waiting.orders.append(order)
            return waiting.wake
        }
        wake?()
    }

    /// - Parameter wake: called whenever there is something to take; must not wait.
    func onAdd(_ wake: @escaping @Sendable () -> Void) { waiting.withLock { $0.wake = wake } }

    var isEmpty: Bool { waiting.withLock { $0.orders.isEmpty } }

    func take() -> [NotificationOrder] {
        waiting.withLock { waiting in
            defer { waiting.orders = [] }
            return waiting.orders
        }
    }
}
