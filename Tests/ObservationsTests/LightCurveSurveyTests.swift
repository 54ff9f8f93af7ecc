import ArrayFiles
import Foundation
import Observations
import Testing

/// Files made up after the layouts that the surveys publish.
@Suite struct LightCurveSurveyTests {
  @Test func skyPatrolOfASASSN() throws {
    let photometry = try photometry(
      """
      HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter
      2458000.47009,2017-09-03.9710173,be,1.77,15.518,14.839,0.117,4.448,0.477,V
      2458000.47137,2017-09-03.9722892,be,1.76,15.730,14.760,0.090,4.789,0.392,V
      2458002.51020,2017-09-06.0112978,be,2.03,14.814,>14.814,99.990,4.020,0.911,V
      2458100.51147,2017-12-13.0125694,bf,2.03,15.729,14.701,0.085,5.640,0.385,V
      2458300.51147,2018-07-01.0125694,bG,2.03,15.729,15.101,0.085,3.640,0.385,g
      2458301.51147,2018-07-02.0125694,bG,2.03,15.729,99.990,99.990,3.640,0.385,g
      """)
    #expect(photometry.bands.map(\.band) == ["V", "g"])
    #expect(photometry.bands[0].magnitudes == [14.839, 14.760, 14.701])
    #expect(photometry.bands[0].magnitudeErrors == [0.117, 0.090, 0.085])
    #expect(photometry.bands[1].times == [2458300.51147])
    #expect(photometry.timeSystem == "HJD")
    #expect(
      photometry.warnings == [
        "2 of 6 measurements left out: 1 upper limits, 1 marked as missing (99.99)",
        "band V: 2 values of 'Camera' (be, bf) taken together, although their zero points may differ",
      ])
  }

  @Test func secondSkyPatrolOfASASSN() throws {
    let downloaded = try photometry(
      """
      # ASAS-SN Sky Patrol v2.0
      # Please cite

      JD,Flux,Flux Error,Mag,Mag Error,Limit,FWHM,Filter,Quality,Camera
      2457148.1143957,26.0455,0.1300,12.9204,0.0054,16.9278,1.70,V,G,ba
      2457164.0441139,27.0177,0.0732,12.8807,0.0029,17.5513,1.98,V,B,ba
      2457275.7573557,0.4170,0.1109,,,17.1004,2.06,V,G,ba
      """)
    #expect(downloaded.bands[0].magnitudes == [12.9204])
    #expect(downloaded.bands[0].magnitudeErrors == [0.0054] && downloaded.timeSystem == "JD")
    #expect(
      downloaded.warnings == [
        "2 of 3 measurements left out: 1 flagged in 'Quality', 1 without a detection"
      ])
    let client = try photometry(
      """
      asas_sn_id,jd,flux,flux_err,mag,mag_err,limit,fwhm,image_id,camera,quality,phot_filter
      7,2457148.25,26.0455,0.13,12.92,0.0054,16.9,1.7,coadd_ba1,ba,G,V
      7,2458148.25,0.4,0.13,nan,nan,16.9,1.7,coadd_ba2,ba,G,V
      7,2459148.25,25.0455,0.13,12.95,0.0055,16.9,1.7,coadd_bd3,bd,G,g
      """)
    #expect(client.bands.map(\.band) == ["V", "g"])
    #expect(client.bands.map(\.values) == [[12.92], [12.95]])
  }

  @Test func tableOfZTF() throws {
    let names =
      "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp,filefracday,field,ccdid,qid,"
      + "limitmag,magzp,magzprms,clrcoeff,clrcounc,exptime,airmass,programid\n"
    let tail = "298.0,29.8,1.2,0.01,20180326488137,682,1,4,20.5,26.1,0.03,-0.05,1e-5,30,1.7,1\n"
    let photometry = try photometry(
      names
        + "686103400034440,45050484,2458203.9869,58203.488,15.302,0.013,0,zg,\(tail)"
        + "686103400034440,45050485,2458204.9869,58204.488,15.402,0.014,32768,zg,\(tail)"
        + "686203400004242,45050486,2458205.9869,58205.488,14.902,0.012,0,zr,\(tail)"
        + "686103400034440,45050487,2458206.9869,58206.488,15.502,0.015,0,zg,\(tail)")
    #expect(photometry.bands.map(\.band) == ["zg", "zr"])
    #expect(photometry.bands[0].times == [2458203.9869, 2458206.9869])
    #expect(photometry.bands[0].values == [15.302, 15.502])
    #expect(photometry.bands[0].errors == [0.013, 0.015] && photometry.timeSystem == "HJD")
    #expect(
      photometry.warnings == ["1 of 4 measurements left out: 1 flagged in 'catflags'"])
  }

  /// Rows of time, SAP flux, PDCSAP flux, its error, and flags.
  private func mission(
    _ rows: [(Double, Float, Float, Float, Int32)], cards: MadeUpFITS.Cards,
    names: [String] = ["TIME", "SAP_FLUX", "PDCSAP_FLUX", "PDCSAP_FLUX_ERR", "SAP_QUALITY"]
  ) -> Data {
    var file = MadeUpFITS()
    file.append([
      ("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0"), ("EXTEND", "T"),
      ("OBJECT", "'KIC 7548061'"), ("TELESCOP", "'Kepler'"),
    ])
    file.append(
      table: "LIGHTCURVE", columns: Array(zip(names, ["D", "E", "E", "E", "J"])),
      rows: rows.map {
        MadeUpFITS.bytes([$0.0]) + MadeUpFITS.bytes([$0.1, $0.2, $0.3]) + MadeUpFITS.bytes($0.4)
      }, cards: cards)
    return file.data
  }

  private let cards: MadeUpFITS.Cards = [
    ("BJDREFI", "2454833"), ("BJDREFF", "0.25"), ("TIMEUNIT", "'d'"), ("TIMESYS", "'TDB'"),
  ]

  @Test func tableOfKepler() throws {
    let photometry = try photometry(
      mission(
        [
          (131.5, 900, 1000, 2, 0), (.nan, 901, 1001, 2, 0), (131.75, 902, 1002, 2, 128),
          (132, 903, .nan, .nan, 0), (132.25, 904, 1004, 0, 0), (132.5, 905, 1005, 3, 0),
        ], cards: cards), file: "kplr.fits")
    let curve = photometry.bands[0]
    #expect(photometry.name == "KIC 7548061" && photometry.bands.count == 1)
    #expect(curve.times == [2454964.75, 2454965.75] && curve.timeOffset == 2454833.25)
    #expect(curve.unit == .flux && curve.values == [1000, 1005] && curve.errors == [2, 3])
    #expect(curve.band == "Kepler")
    #expect(photometry.timeSystem == "BJD (TDB), the file's times + 2454833.25")
    #expect(
      photometry.warnings == [
        "4 of 6 measurements left out: 2 without time or flux, 1 flagged in SAP_QUALITY, "
          + "1 without an error above 0"
      ])
  }

  @Test func otherTablesOfTESS() throws {
    let rows: [(Double, Float, Float, Float, Int32)] = [(1, 9, .nan, 2, 0), (2, 8, .nan, 2, 0)]
    let empty = try photometry(mission(rows, cards: cards))
    #expect(empty.bands[0].values == [9, 8] && !empty.hasErrors)
    #expect(empty.warnings.contains("PDCSAP_FLUX is empty: SAP_FLUX taken instead"))
    let quickLook = try photometry(
      mission(
        [(1, 9, 0.99, 0.25, 0), (2, 8, 1.01, 0.5, 4096)], cards: cards,
        names: ["TIME", "SAP_FLUX", "KSPSAP_FLUX", "KSPSAP_FLUX_ERR", "QUALITY"]))
    #expect(
      quickLook.bands[0].values == [Double(Float(0.99))] && quickLook.bands[0].errors == [0.25])
    let seconds = try photometry(
      mission([(1, 9, 9, 2, 0), (2, 8, 8, 2, 0)], cards: [("TIMEUNIT", "'s'")]))
    #expect(seconds.bands[0].times == [1, 2] && seconds.warnings[0].contains("units of 's'"))
  }

  @Test func otherFITSFilesAreRejected() throws {
    func complaint(_ data: Data) throws -> String {
      try ObservationFiles.complaint("x.fits", data) { _ = try Photometry.read($0) }
    }
    let image = MadeUpFITS.image([2, 2], [1, 2, 3, 4], [])
    #expect(try complaint(image).hasPrefix(": holds no light curve: expected a table with TIME"))
    let flagged = mission([(1, 9, 9, 2, 1), (2, 8, 8, 2, 1)], cards: cards)
    #expect(
      try complaint(flagged)
        == ": HDU 2 (LIGHTCURVE): 2 of 2 measurements left out: 2 flagged in SAP_QUALITY; "
        + "none remains")
    let whole = mission([(1, 9, 9, 2, 0), (2, 8, 8, 2, 0)], cards: cards)
    for length in stride(from: 9, to: whole.count - 2800, by: 1009) {
      #expect(throws: FileError.self) { try photometry(whole.prefix(length)) }
    }
  }
}
