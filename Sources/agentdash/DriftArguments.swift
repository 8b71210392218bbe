import ArgumentParser
import Monitoring
import Store

/// What commands that tell of drift can be told of it.
enum DriftArguments {
    static let golden = ArgumentHelp(
        "The tags of your eval set, as {\"refund\": 40}, [\"refund\"] or its cases: what users ask for and it lacks is shown.",
        valueName: "tags.json")

    /// What is judged, where drift is measured against a baseline that was kept for the same input.
    static func book(_ settings: AlertSettings, files: [String], environment: [String: String]) -> RuleBook {
        guard case .saved = settings.book.watches.drift.baseline,
            let folder = try? AlertPost.folder(settings, files, sends: false, environment)
        else { return settings.book }
        return settings.book.knowing(BaselineShelf.read(folder))
    }
}
