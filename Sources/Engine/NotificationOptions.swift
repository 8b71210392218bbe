package import Monitoring
import Threads

/// What is done with alerts beside showing them.
package struct NotificationOptions: Sendable {
    package var policy = NotificationPolicy()
    /// What was told and said before, by this process or another.
    package var state = NotificationState()
    /// Takes what is to be sent, on the reading thread: it must not wait. nil: nobody is told.
    package var send: (@Sendable (RoutedNotification) -> Void)?
    /// Takes what must survive a restart, before anything is sent that follows from it. On the reading thread, too, and of live
    /// data only.
    package var keep: (@Sendable (NotificationState) -> Void)?
    /// What people and the delivery say.
    package let orders = NotificationOrders()

    package init() {}
}

/// What people, the delivery and other processes have said and nobody has taken in yet.
package final class NotificationOrders: Sendable {
    private let waiting = Locked<[NotificationOrder]>([])

    /// From any thread; never waits. It is taken in with the next judgement, or within a second where there is none.
    package func add(_ order: NotificationOrder) { waiting.withLock { $0.append(order) } }

    var isEmpty: Bool { waiting.withLock { $0.isEmpty } }

    func take() -> [NotificationOrder] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
