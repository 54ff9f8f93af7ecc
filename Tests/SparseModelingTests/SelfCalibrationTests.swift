import ArrayFiles
import Foundation
import NumericalMethods
import Numerics
import Observations
import Probability
import SparseModeling
import Testing

/// Stations on a plane that turns below a source of three Gaussians.
private struct Sky {
  var set: VisibilitySet
  var model: [Complex<Double>]

  /// Jy, microarcseconds to the east and north.
  static let components = [(0.5, 0.0, 0.0), (0.3, 22.0, -13.0), (0.2, -17.0, -20.0)]

  init(stations: Int, times: Int, sigma: Double, channels: Int = 1) {
    var stream = RandomStream(seed: 7, purpose: .simulation)
    let places = (0..<stations).map { _ in
      4e9 * SIMD2(2 * stream.uniform() - 1, 2 * stream.uniform() - 1)
    }
    set = VisibilitySet(
      source: "triple", mjd: 57854,
      frequencies: (0..<channels).map { 227e9 + 2e9 * Double($0) },
      stations: (0..<stations).map { Station(name: "S\($0)") }, visibilities: [])
    for time in 0..<times {
      let angle = 0.2 * Double(time)
      let turned = places.map {
        SIMD2(cos(angle) * $0.x - sin(angle) * $0.y, sin(angle) * $0.x + cos(angle) * $0.y)
      }
      for channel in 0..<channels {
        for a in 0..<stations {
          for b in (a + 1)..<max(a + 1, stations) {
            let uv = (1 + 0.01 * Double(channel)) * (turned[a] - turned[b])
            set.visibilities.append(
              Visibility(
                time: Double(time), integration: 300, station1: a, station2: b, channel: channel,
                u: uv.x, v: uv.y, value: Self.visibility(uv), sigma: sigma))
          }
        }
      }
    }
    model = set.visibilities.map(\.value)
  }

  static func visibility(_ uv: SIMD2<Double>) -> Complex<Double> {
    let width = 15 * microarcsecond
    let taper = exp(-.pi * .pi * width * width * (uv * uv).sum() / (4 * log(2)))
    return components.reduce(Complex.zero) { sum, component in
      let place = microarcsecond * SIMD2(component.1, component.2)
      return sum + Complex(length: taper * component.0, phase: 2 * .pi * (uv * place).sum())
    }
  }

  /// Multiplies by gains, which it returns by time, channel and station.
  mutating func disturb(scatter: Double, seed: UInt64) -> (Int, Int, Int) -> Complex<Double> {
    let channels = set.frequencies.count
    let count = set.stations.count
    let gain = { (time: Int, channel: Int, station: Int) in
      var stream = RandomStream(
        seed: seed, purpose: .gain,
        index: UInt64((time * channels + channel) * count + station))
      let amplitude = exp(scatter * stream.normal())
      return Complex(length: amplitude, phase: 2 * .pi * stream.uniform())
    }
    for k in set.visibilities.indices {
      let row = set.visibilities[k]
      let (time, channel) = (Int(row.time), row.channel)
      set.visibilities[k].value *=
        gain(time, channel, row.station1) * gain(time, channel, row.station2).conjugate
    }
    return gain
  }

  /// Adds noise to both parts.
  mutating func addNoise(seed: UInt64) {
    for k in set.visibilities.indices {
      var stream = RandomStream(seed: seed, purpose: .noise, index: UInt64(k))
      let sigma = set.visibilities[k].sigma
      set.visibilities[k].value += Complex(sigma * stream.normal(), sigma * stream.normal())
    }
  }
}

private func chiSquared(_ set: VisibilitySet, _ model: [Complex<Double>]) -> Double {
  zip(set.visibilities, model).reduce(0) {
    $0 + ($1.0.value - $1.1).lengthSquared / ($1.0.sigma * $1.0.sigma)
  }
}

@Suite struct GainTableTests {
  private func wide(_ set: VisibilitySet) -> [Double] { set.stations.map { _ in 1e3 } }

  /// Without noise every gain comes back, up to one phase of a time and channel.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func gainsComeBack(seed: UInt64) throws {
    var sky = Sky(stations: 7, times: 4, sigma: 1e-4, channels: 2)
    let gain = sky.disturb(scatter: 0.5, seed: seed)
    let table = try GainTable(sky.set, model: sky.model, amplitudeScatter: wide(sky.set))
    #expect(table.rows.count == 7 * 4 * 2)
    for moment in stride(from: 0, to: table.rows.count, by: 7) {
      let rows = table.rows[moment..<moment + 7]
      let reference = rows.first { $0.phaseError == 0 }!
      func truth(_ row: GainTable.Row) -> Complex<Double> {
        gain(Int(row.time), row.channel, row.station)
      }
      let turn = truth(reference) / reference.gain
      #expect(abs(turn.length - 1) < 1e-8)
      for row in rows { #expect((row.gain * turn - truth(row)).length < 1e-8) }
    }
    let corrected = table.apply(to: sky.set)
    #expect(corrected.visibilities.count == sky.model.count)
    for (row, value) in zip(corrected.visibilities, sky.model) {
      #expect((row.value - value).length < 1e-8)
    }
  }

  @Test func phasesAloneLeaveAmplitudes() throws {
    var sky = Sky(stations: 6, times: 3, sigma: 0.01)
    _ = sky.disturb(scatter: 0.3, seed: 3)
    sky.addNoise(seed: 4)
    let table = try GainTable(sky.set, model: sky.model, amplitudeScatter: nil)
    let corrected = table.apply(to: sky.set)
    for (raw, row) in zip(sky.set.visibilities, corrected.visibilities) {
      #expect(abs(row.value.length - raw.value.length) < 1e-12)
      #expect(abs(row.sigma - raw.sigma) < 1e-12)
    }
    #expect(table.rows.allSatisfy { $0.amplitude == 1 && $0.amplitudeError == 0 })
  }

  /// Corrections by station do not touch closures.
  @Test func closuresRemain() throws {
    var sky = Sky(stations: 6, times: 3, sigma: 0.01)
    _ = sky.disturb(scatter: 0.3, seed: 5)
    sky.addNoise(seed: 6)
    let table = try GainTable(
      sky.set, model: sky.model, amplitudeScatter: sky.set.stations.map { _ in 0.3 })
    let corrected = table.apply(to: sky.set)
    for kind in [ClosureQuantities.Kind.phase, .logAmplitude] {
      let (raw, new) = (
        try sky.set.closures(kind, .all).elements, try corrected.closures(kind, .all).elements
      )
      #expect(raw.count == new.count && !raw.isEmpty)
      for (a, b) in zip(raw.sorted(by: order), new.sorted(by: order)) {
        let difference = a.value - b.value
        #expect(abs(kind == .phase ? sin(difference / 2) : difference) < 1e-10)
        #expect(abs(a.sigma - b.sigma) < 1e-10)
      }
    }
  }

  private func order(_ a: ClosureQuantities.Element, _ b: ClosureQuantities.Element) -> Bool {
    (0..<4).map { a.visibilities[$0] }.lexicographicallyPrecedes((0..<4).map { b.visibilities[$0] })
  }

  /// χ² with its prior is least at the gains: neither unit gains, nor the true ones, nor neighbours are lower,
  /// and they are as many sigma from the true ones as they should be.
  @Test func theObjectiveIsLeast() throws {
    let scatter = 0.2
    var sky = Sky(stations: 6, times: 40, sigma: 0.02)
    let gain = sky.disturb(scatter: scatter, seed: 8)
    sky.addNoise(seed: 9)
    let table = try GainTable(
      sky.set, model: sky.model, amplitudeScatter: sky.set.stations.map { _ in scatter })
    func objective(_ rows: [GainTable.Row]) -> Double {
      let moved = GainTable(stations: table.stations, rows: rows)
      return rows.reduce(chiSquared(moved.apply(to: sky.set), sky.model)) {
        $0 + pow(log($1.amplitude) / scatter, 2)
      }
    }
    let least = objective(table.rows)
    func changed(_ change: (inout GainTable.Row) -> Void) -> [GainTable.Row] {
      table.rows.map {
        var row = $0
        change(&row)
        return row
      }
    }
    let unit = changed { ($0.amplitude, $0.phase) = (1, 0) }
    let truth = changed { row in
      let value = gain(Int(row.time), row.channel, row.station)
      (row.amplitude, row.phase) = (value.length, value.phase)
    }
    #expect(objective(unit) > least)
    #expect(objective(truth) > least)
    for k in 0..<12 {
      for (amplitude, phase) in [(1.01, 0.0), (0.99, 0), (1, 0.01), (1, -0.01)] {
        var rows = table.rows
        rows[k].amplitude *= amplitude
        rows[k].phase += phase
        #expect(objective(rows) > least)
      }
    }
    // ln|g| in units of its error is normal: its mean square over 240 gains is one to 0.3, five sigma.
    let square = zip(table.rows, truth).reduce(0.0) { sum, pair in
      let error = pair.0.amplitudeError / pair.0.amplitude
      return sum + pow(log(pair.0.amplitude / pair.1.amplitude) / error, 2)
    }
    #expect(abs(square / Double(table.rows.count) - 1) < 0.46)
  }

  /// A station of noise alone keeps an amplitude near one, the width of the prior as its error; the same
  /// station measured well does not.
  @Test func priorHoldsWhatDataDoNot() throws {
    var sky = Sky(stations: 5, times: 1, sigma: 1e-4)
    for k in sky.set.visibilities.indices {
      let row = sky.set.visibilities[k]
      if row.station2 == 4 { sky.set.visibilities[k].value = row.value.multiplied(by: 0.5) }
    }
    let scatter = sky.set.stations.map { _ in 0.2 }
    let good = try GainTable(sky.set, model: sky.model, amplitudeScatter: scatter).rows[4]
    #expect(abs(good.amplitude - 0.5) < 0.002)
    #expect(good.amplitudeError < 0.002)
    for k in sky.set.visibilities.indices where sky.set.visibilities[k].station2 == 4 {
      sky.set.visibilities[k].sigma = 100
    }
    let poor = try GainTable(sky.set, model: sky.model, amplitudeScatter: scatter).rows[4]
    #expect(abs(poor.amplitude - 1) < 1e-4)
    #expect(abs(poor.amplitudeError - 0.2) < 1e-4)
    #expect(poor.phaseError > 1)
  }

  @Test func littleDataMakeNoTrouble() throws {
    let scatter = { (set: VisibilitySet) in set.stations.map { _ in 0.3 } }
    // A model of zero tells of no gain.
    let sky = Sky(stations: 4, times: 2, sigma: 0.01)
    let none = sky.model.map { _ in Complex<Double>.zero }
    let empty = try GainTable(sky.set, model: none, amplitudeScatter: scatter(sky.set))
    #expect(empty.rows.isEmpty && empty.apply(to: sky.set).visibilities.isEmpty)
    // One baseline, two that share no station, data of zero, a station with itself alone.
    var few = sky.set
    few.visibilities = sky.set.visibilities.filter { row in
      row.time == 0
        ? row.station1 == 0 && row.station2 == 1
        : (row.station1, row.station2) == (0, 1) || (row.station1, row.station2) == (2, 3)
    }
    few.visibilities[1].value = .zero
    var alone = few.visibilities[0]
    (alone.station1, alone.station2) = (3, 3)
    few.visibilities.append(alone)
    let model = few.visibilities.map { _ in Complex(0.5, 0.2) }
    for amplitudeScatter in [nil, scatter(few)] {
      let table = try GainTable(few, model: model, amplitudeScatter: amplitudeScatter)
      #expect(table.rows.map(\.station) == [0, 1, 0, 1, 2, 3])
      for row in table.rows {
        #expect(row.amplitude > 0 && row.amplitude.isFinite && row.amplitudeError.isFinite)
        #expect(row.phase.isFinite && row.phaseError.isFinite)
      }
    }
    // The phase of one baseline is that of its stations' gains.
    let table = try GainTable(few, model: model, amplitudeScatter: nil)
    let first = table.apply(to: few).visibilities[0]
    #expect(abs((first.value / model[0]).phase) < 1e-9)
    few.visibilities[0].sigma = 0
    #expect(throws: ImagingError.self) {
      try GainTable(few, model: model, amplitudeScatter: nil)
    }
    few.visibilities = []
    #expect(throws: DerivedDataError.noVisibilities) {
      try GainTable(few, model: [], amplitudeScatter: nil)
    }
    var nameless = sky.set
    nameless.stations = []
    #expect(throws: DerivedDataError.stationsUnknown) {
      try GainTable(nameless, model: sky.model, amplitudeScatter: nil)
    }
  }

  @Test func tableIsWritten() throws {
    let rows = [
      GainTable.Row(
        time: 1.5, station: 1, channel: 0, amplitude: 0.5, amplitudeError: 0.25, phase: .pi / 2,
        phaseError: .pi / 4)
    ]
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("gains-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try GainTable(stations: ["AA", "LM"], rows: rows).write(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text == """
        time_hours,station,channel,amplitude,amplitude_error,phase_degrees,phase_error
        1.5,LM,0,0.5,0.25,90.0,45.0

        """)
  }
}

@Suite struct SelfCalibrationTests {
  /// Three Gaussians through random phases and amplitudes of 20 %: data are fitted to
  /// their noise, and amplitudes come back.
  @Test func gainsAndImageComeBack() throws {
    var sky = Sky(stations: 8, times: 10, sigma: 0.01)
    let gain = sky.disturb(scatter: 0.2, seed: 11)
    sky.addNoise(seed: 12)
    let empty = SkyImage(width: 32, height: 32, pixelSize: 4 * microarcsecond)
    var settings = ClosureImaging.Settings()
    (settings.weights, settings.priorWidth) = (["entropy": 10], 50 * microarcsecond)
    (settings.gainScatter, settings.starts, settings.iterations) = (0.2, 1, 60)
    let flux = CompactFlux(value: 1, sigma: 0.05)
    let first = try ClosureImaging(
      sky.set, like: empty, flux: flux, settings, monitor: WorkMonitor())
    let result = try SelfCalibration(
      sky.set, from: first, imaging: settings, .init(), monitor: WorkMonitor(threads: 2))
    #expect(result.rounds.map(\.gains) == [.phases, .amplitudes, .amplitudes])
    let last = result.rounds.last!
    // Of 560 numbers the gains take 150.
    #expect(last.chiSquared < 1.3 * Double(last.count))
    #expect(last.chiSquared < result.rounds[0].chiSquaredBefore)
    // Amplitudes to a common factor, which flux and prior hold to some per cent.
    let ratios = result.gains.rows.map {
      log($0.amplitude / gain(Int($0.time), 0, $0.station).length)
    }
    let mean = ratios.reduce(0, +) / Double(ratios.count)
    let scatter = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratios.count)
    #expect(scatter.squareRoot() < 0.05)
    // Nor does the image lose what closures say.
    let phases = ClosureChiSquared(try sky.set.closures(.phase))
    var slopes = [Complex<Double>](repeating: .zero, count: sky.model.count)
    let seen = VisibilityOperator(
      empty, at: sky.set.visibilities.map { SIMD2($0.u, $0.v) }
    ).visibilities(of: result.imaging.image.pixels)
    #expect(phases.value(of: seen, addingGradientTo: &slopes) < 1.5 * Double(phases.count))
    let again = try SelfCalibration(
      sky.set, from: first, imaging: settings, .init(), monitor: WorkMonitor())
    #expect(again.gains == result.gains && again.imaging.image == result.imaging.image)
  }
}
