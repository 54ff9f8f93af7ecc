import ExperimentRunner
import Foundation
import Microlensing
import MicrolensingEvents
import Testing

@Suite struct EventModelConfigurationTests {
  private let lens = "t0: 2848.1\nu0: 0.13\ntE: 61.6\ns: 1.12\nq: 4e-3\nalpha: 90\n"

  private func model(_ text: String) throws -> EventModel {
    try EventModel(ConfigurationFile(text: text, name: "event.yaml"))
  }

  private func problem(_ text: String) throws -> String {
    try configurationError { _ = try model(text) }.description
  }

  @Test func readsAllThereIs() throws {
    let model = try model(
      lens + """
        rho: 1e-3
        limb_darkening: { u1: 0.5 }
        data_sets:
          OGLE_I: { source_magnitude: 19.5, blend_magnitude: 20 }
          MOA: { source_flux: 12, limb_darkening: { c: 0.1, d: 0.4 } }
          V: { source_flux: 3, blend_flux: -0.5, limb_darkening: { a: 0.4, b: 0.3 } }
        """)
    #expect(
      try model
        == EventModel(
          parameters: BinaryLensParameters(
            t0: 2848.1, u0: 0.13, tE: 61.6, rho: 1e-3, s: 1.12, q: 4e-3, alpha: .pi / 2),
          limbDarkening: .linear(u: 0.5),
          dataSets: [
            .init(
              name: "OGLE_I", limbDarkening: .linear(u: 0.5),
              brightness: .magnitude(source: 19.5, blend: 20)),
            .init(
              name: "MOA", limbDarkening: .squareRoot(c: 0.1, d: 0.4),
              brightness: .flux(source: 12, blend: 0)),
            .init(
              name: "V", limbDarkening: .quadratic(a: 0.4, b: 0.3),
              brightness: .flux(source: 3, blend: -0.5)),
          ]))
  }

  @Test func theShortFormHasOneNamelessDataSet() throws {
    #expect(try model(lens).dataSets.isEmpty)
    #expect(try model(lens).parameters.rho == 0)
    #expect(
      try model(lens + "source_magnitude: 18\n").dataSets == [
        .init(
          name: "", limbDarkening: .uniform, brightness: .magnitude(source: 18, blend: nil))
      ])
  }

  @Test func errorsNameLineAndKey() throws {
    for (text, message) in [
      ("t0: 1\nu0: 0.1\ns: 1\nq: 1\n", "event.yaml:1: missing keys 'tE', 'alpha'"),
      (lens + "rh: 1e-3\n", "event.yaml:7: unknown key 'rh'; did you mean 'rho'?"),
      (lens.replacing("61.6", with: "-3"), "event.yaml:3: 'tE' is -3.0, expected a number that is"),
      (lens.replacing("4e-3", with: "0"), "event.yaml:5: 'q' is 0.0, expected a number that is"),
      (lens.replacing("0.13", with: "x"), "event.yaml:2: 'u0' is 'x', expected a number"),
      (lens + "source_magnitude: 18\nblend_flux: 2", "fluxes or magnitudes"),
      (lens + "blend_flux: 2", "event.yaml:1: missing key 'source_flux'"),
      (lens + "source_flux: -2", "event.yaml:7: 'source_flux' is -2.0, expected a positive flux"),
      (lens + "source_flux: 2\ndata_sets: { A: { source_flux: 1 } }", "exclude each other"),
      (lens + "data_sets:\n  A: { limb_darkening: { u1: 0.5 } }", "missing 'source_flux' or"),
      (lens + "data_sets:\n  A: { source_flx: 1 }", "event.yaml:8: unknown key 'source_flx'"),
      (lens + "limb_darkening: { u1: 1.5 }", "is 1.5, expected a number from 0 to 1"),
      (lens + "limb_darkening: { c: 0.5 }", "has c, expected u1 (linear)"),
      (lens + "limb_darkening: { a: 2, b: 2 }", "makes a part of the disc dark"),
      (lens + "limb_darkening: { u: 0.5 }", "unknown key 'u'"),
    ] {
      let problem = try problem(text)
      #expect(problem.contains(message), "\(problem)")
      #expect(!problem.contains("\n"))
    }
  }
}
