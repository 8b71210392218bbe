import ArgumentParser
import Canvas
import Statistics

extension UserBucket: ExpressibleByArgument {}

/// `agentdash assign USER`: which arm of a canary a user is in.
struct AssignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Say which arm users are in: canary or control, and the bucket.",
        discussion: """
            A user is the canary's where the bucket, 0 to 99, is below the percentage: the same user is always
            in the same bucket, and stays in the canary when its percentage grows.

            EXAMPLES
              agentdash assign user-12345                 control 67
              agentdash assign --percent 50 ann bob       a line for each, with the name before
            """)

    @Argument(help: ArgumentHelp("Names of users, byte for byte as the router sees them.", valueName: "user"))
    var users: [String]

    @Option(help: ArgumentHelp("Percent of the users that are the canary's, 1 to 100.", valueName: "n"))
    var percent = 5

    @Option(
        help: "How the bucket follows from the name: \(UserBucket.allCases.map(\.rawValue).joined(separator: ", ")).")
    var algorithm = UserBucket.mod100

    func validate() throws {
        guard (1...100).contains(percent) else { throw ValidationError("--percent takes 1 to 100") }
    }

    func run() throws {
        for user in users {
            let bucket = algorithm.bucket(of: user)
            let arm = "\(bucket < percent ? "canary" : "control") \(bucket)"
            try Output.write(users.count == 1 ? arm + "\n" : "\(user.printable)\t\(arm)\n")
        }
    }
}
