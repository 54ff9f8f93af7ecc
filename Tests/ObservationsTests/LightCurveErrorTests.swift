import ArrayFiles
import Foundation
import Observations
import Testing

@Suite struct LightCurveErrorTests {
  private func problem(_ text: String, unit: PhotometricUnit? = nil) -> String? {
    do {
      _ = try lightCurve(text, unit: unit)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func measurementsAreChecked() {
    let good = "# HJD mag err\n8000 18 0.01\n"
    #expect(problem("") == "x.dat: is empty: no line holds a measurement")
    #expect(problem("# HJD mag err\n#8000 18 0.01\n\n")?.contains("is empty") == true)
    #expect(
      problem(good + "8001 abc 0.1\n")
        == "x.dat:3: column 'mag': found 'abc', expected a number")
    #expect(
      problem(good + "8001 nan 0.1\n")
        == "x.dat:3: column 'mag': found 'nan', expected a finite number")
    #expect(problem(good + "inf 18 0.1\n")?.hasPrefix("x.dat:3: column 'HJD': found 'inf'") == true)
    #expect(
      problem(good + "8001 18 0\n")
        == "x.dat:3: column 'err': found 0.0, expected an error above 0")
    #expect(problem(good + "8001 18 -0.5\n")?.contains("found -0.5") == true)
    #expect(problem(good + "8001 18\n") == "x.dat:3: found 2 columns, expected at least 3")
    #expect(problem(good + "8001 99.999 9.999\n")?.hasPrefix("x.dat:3: column 'mag'") == true)
    #expect(problem("8000 18 0.1\n8001 99.999 9.999\n")?.hasPrefix("x.dat:2:") == true)
    #expect(problem(good + "8001 -1e9 0.1\n")?.hasPrefix("x.dat:3: column 'mag'") == true)
    #expect(problem("HJD,mag\n8000,18\n")?.contains("has no column of errors") == true)
  }

  @Test func timesMustBeDates() {
    #expect(problem("-5 18 0.01\n")?.hasPrefix("x.dat:1: found time -5.0") == true)
    #expect(problem("3000001 18 0.01\n")?.contains("expected a Julian date") == true)
    #expect(problem("500000 18 0.01\n")?.contains("expected a Julian date") == true)
    #expect(
      problem("2458000 18 0.01\n8001 18 0.01\n2458002 18 0.01\n")?.hasPrefix("x.dat:2:") == true)
  }

  @Test func unitsAreNotMixedUp() {
    let magnitudes = "8000 15.2 0.01\n8001 19.5 0.2\n"
    let asFlux = problem(magnitudes, unit: .flux)
    #expect(
      asFlux?.contains(
        "looks like magnitudes (15.2 … 19.5 with errors 0.01 … 0.2); read it as magnitude") == true)
    let asMagnitude = problem("8000 -15.2 3\n8001 195 3\n", unit: .magnitude)
    #expect(asMagnitude?.contains("looks like fluxes") == true)
    #expect(asMagnitude?.contains("read it as flux") == true)
    #expect(problem("8000 0.98 0.01\n8001 1.02 0.01\n")?.contains("state the unit") == true)
    #expect(problem("# HJD mag err\n8000 18 0.1\n", unit: .flux)?.contains("'mag'") == true)
    #expect(problem("# HJD flux err\n8000 18 0.1\n", unit: .magnitude)?.contains("'flux'") == true)
  }

  @Test func otherFilesAreRejected() {
    #expect(
      problem("Automated mail xmit by MAIL_REQUEST\n++++ (part 1 of 1) ++++\n$$SOE\n") != nil)
    #expect(problem("Data were published in\nBond et al. 2004 ApJ 606, 155\n") != nil)
    #expect(problem("{\"a\": [1, 2, 3]}\n") != nil)
  }

  @Test func anyTextIsReadOrRejected() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("18e.,;|\\#=\n\r \t-n\"aHJDmgé")
    for _ in 0..<3000 {
      let text = String(
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          alphabet.randomElement(using: &generator)!
        })
      do {
        let curve = try lightCurve(text)
        #expect(curve.flux.allSatisfy(\.isFinite) && curve.fluxError.allSatisfy { $0 > 0 })
      } catch is FileError {}
    }
  }
}
