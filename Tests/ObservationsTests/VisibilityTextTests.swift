import ArrayFiles
import Foundation
import Numerics
import Observations
import Testing

@Suite struct VisibilityTextTests {
  static func read(_ text: String) throws -> VisibilitySet {
    try ObservationFiles.withTemporary("x.csv", Data(text.utf8)) { try VisibilitySet.read($0) }
  }

  static func complaint(_ text: String) throws -> String {
    try ObservationFiles.complaint("x.csv", Data(text.utf8)) { _ = try VisibilitySet.read($0) }
  }

  @Test(arguments: [
    "u[lambda],v[lambda],re,im,sigma\n1e6,-2.5e3,0.5,-0.25,0.125\n",
    "# u_lambda,v_lambda,re_Jy,im_Jy,sigma_Jy\n1000000.0,-2500,5e-1,-.25,1.25E-1",
    "u,v,re,im,sigma\r\n1e6,-2.5e3,0.5,-0.25,0.125\r\n",
    "sigma im re v u\n0.125 -0.25 0.5 -2500 1000000\n",
    "#comment\n\n\"u (klambda)\"; \"v (klambda)\"; real; imag; weight\n1000; -2.5; 0.5; -0.25; 64\n",
    "u[Mlambda],v[Mlambda],re[mJy],im[mJy],sigma[mJy]\n1,-0.0025,500,-250,125\n",
    "1e6,-2.5e3,0.5,-0.25,0.125\n",
  ])
  func dialects(text: String) throws {
    let found = try VisibilityTextTests.read(text)
    #expect(found.visibilities.count == 1)
    let row = found.visibilities[0]
    #expect(abs(row.u - 1e6) < 1e-9 && abs(row.v + 2500) < 1e-12)
    #expect((row.value - Complex(0.5, -0.25)).length < 1e-15 && abs(row.sigma - 0.125) < 1e-16)
    #expect(found.stations.isEmpty && found.frequencies.isEmpty && found.mjd == 0)
    #expect(found.warnings.isEmpty == !text.hasPrefix("1e6"))
  }

  @Test func timesAndStations() throws {
    let found = try VisibilityTextTests.read(
      """
      #SRC:3C273,DATE(MJD):57854,FREQ:86.25GHz
      #time(UTC),T1,T2,U(lambda),V(lambda),Iamp(Jy),Iphase(d),Isigma(Jy)
      00.5,LM,AA,1,2,2.0,90,0.1
      00.75,AA,PV,3,4,1.0,-180,0.2
      """)
    #expect(found.source == "3C273" && found.mjd == 57854 && found.frequencies == [86.25e9])
    #expect(found.stations.map(\.name) == ["LM", "AA", "PV"])
    #expect(found.visibilities.map(\.station1) == [0, 1])
    #expect(found.visibilities.map(\.station2) == [1, 2])
    #expect(found.visibilities.map(\.time) == [0.5, 0.75])
    #expect((found.visibilities[0].value - Complex(0, 2)).length < 1e-15)
    #expect((found.visibilities[1].value - Complex(-1, 0)).length < 1e-15)
  }

  @Test(arguments: [
    ("u,v,re,im,sigma\n1,2,3,4,5\n1,2,x,4,5\n", ":3: column 're': found 'x', expected a number"),
    ("u,v,re,im,sigma\n1,2,3,nan,5\n", ":2: column 'im': found 'nan', expected a finite number"),
    ("u,v,re,im,sigma\n1,inf,3,4,5\n", ":2: column 'v': found 'inf', expected a finite number"),
    ("u,v,re,im,sigma\n\n1,2,3,4,-5\n", ":3: column 'sigma': found '-5', expected a sigma above 0"),
    ("u,v,re,im,sigma\n1,2,3,4,0\n", ":2: column 'sigma': found '0', expected a sigma above 0"),
    (
      "u,v,re,im,weight\n1,2,3,4,-1\n",
      ":2: column 'weight': found '-1', expected a weight, 1/sigma^2"
    ),
    ("u,v,re,im,sigma\n1,2,3,4\n", ":2: found 4 values, expected 5"),
    ("u,v,re,im,sigma\n1,2,3,4,\n", ":2: column 'sigma': found '', expected a number"),
    ("u,v,re,im,sigma\n1,2,3,4,5e\n", ":2: column 'sigma': found '5e', expected a number"),
    ("u,v,re,im,sigma\n1,2,3 4,4,5\n", ":2: column 're': found '3 4', expected a number"),
    ("u,v,re,im,sigma\n1,2,3,4,inf\n", ": all 1 rows are flagged: no sigma is finite"),
    ("u,v,re,im,weight\n1,2,3,4,0\n", ": all 1 rows are flagged: no sigma is finite"),
    ("u,v,re,im,sigma\n", ": holds no visibilities, expected rows of numbers"),
    (
      "u[m],v[m],re,im,sigma\n1,2,3,4,5\n",
      ":1: column 'u[m]': found the unit 'm', expected glambda, gλ, klambda, kλ, lambda, mlambda, mλ, "
        + "wavelength, wavelengths, λ"
    ),
    (
      "u,v,u,im,sigma\n1,2,3,4,5\n",
      ":1: column 'u': holds the same as column 'u'"
    ),
    (
      "time,mag,error\n1,2,3\n",
      ":1: found columns without names, expected a line such as u[lambda],v[lambda],re,im,sigma"
    ),
    (
      "u,v,re,im\n1,2,3,4\n",
      ":1: is no table of visibilities: it has no column 'sigma' but 'u', 'v', 're', 'im'; expected "
        + "u[lambda],v[lambda],re,im,sigma"
    ),
    ("hello", ":1: found 'hello', expected a line such as u[lambda],v[lambda],re,im,sigma"),
  ])
  func badTables(text: String, complaint: String) throws {
    #expect(try VisibilityTextTests.complaint(text) == complaint)
  }

  /// Numbers are rounded as the C library rounds them.
  @Test func numbers() throws {
    var generator = SystemRandomNumberGenerator()
    var words = [
      "0", "-0.0", "1e22", "1e23", "123456789012345678", "0.1", "9007199254740993", "1e-22",
      "5e-324",
      "1.7976931348623157e308", "+3", ".5", "5.", "1E+5", "0.000000000000000000000001",
      "12345678901234567890123", "0x10", "4.35", "0.3e-17",
    ]
    for _ in 0..<5000 {
      let digits = Int.random(in: 1...18, using: &generator)
      let number = Double.random(in: -1...1, using: &generator)
      let size = pow(10, Double(Int.random(in: -30...30, using: &generator)))
      words.append(String(format: "%.\(digits)e", number * size))
      words.append("\(number)")
      words.append(String(format: "%.4f", number * 1e10))
    }
    let text = "u,v,re,im,sigma\n" + words.map { "\($0),0,0,0,1\n" }.joined()
    let found = try VisibilityTextTests.read(text)
    for (row, word) in zip(found.visibilities, words) {
      #expect(row.u.bitPattern == strtod(word, nil).bitPattern, "\(word)")
    }
  }

  /// Lines across the blocks in which the file is read.
  @Test func blocks() throws {
    var text = "u,v,re,im,sigma\n"
    for index in 0..<150_000 {
      text += "\(index),2,3,4,\(index % 3 == 0 ? "inf" : "5")\n"
      if index % 1000 == 0 { text += "# a comment, of some words\n\n" }
    }
    try ObservationFiles.withTemporary("x.txt", Data(text.utf8)) { path in
      var reader = try VisibilityReader(path)
      var expected = 0.0
      var count = 0
      while let block = try reader.next() {
        for row in block {
          if Int(expected) % 3 == 0 { expected += 1 }
          #expect(row.u == expected)
          expected += 1
        }
        count += 1
      }
      #expect(count == 3 && expected == 150_000 && reader.rowCount == nil)
      #expect(
        reader.header.warnings
          == ["50000 of 150000 rows left out: sigma infinite or weight zero"])
    }
  }
}
