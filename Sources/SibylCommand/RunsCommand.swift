import ArgumentParser
import ExperimentRunner

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List what is in a results folder, from the manifests.",
    discussion: "Example: sibyl runs show microlensing/first-light",
    subcommands: [List.self, Show.self, Compare.self], defaultSubcommand: List.self)

  struct Folder: ParsableArguments {
    @Option(name: .shortAndLong, help: "The folder that holds the results.")
    var results = "Results"
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One line per run (the default).")
    @OptionGroup var folder: Folder

    func run() throws { print(try RunListing(folder: folder.results).table) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Manifest and metrics of a run.")
    @Argument(help: "<topic>/<name>") var name: String
    @OptionGroup var folder: Folder

    func run() throws { print(try RunListing(folder: folder.results).details(of: name)) }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Metrics of runs side by side.")
    @Argument(help: "<topic>/<name>, two or more") var names: [String]
    @OptionGroup var folder: Folder

    func validate() throws {
      if names.count < 2 { throw ValidationError("compare takes two runs or more") }
    }

    func run() throws { print(try RunListing(folder: folder.results).comparison(of: names)) }
  }
}
