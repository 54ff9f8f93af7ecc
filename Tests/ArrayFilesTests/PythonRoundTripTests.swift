import ArrayFiles
import Foundation
import Testing

@Suite struct PythonRoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(.enabled(if: Python.hasNumPy, "needs python3 with numpy"))
  func numPyReadsWhatWeWrite() throws {
    try NPY.write(NDArray<Float>(shape: [2, 2], values: [1, 2, 3, 0.25]), to: folder("a.npy"))
    var writer = NPZWriter()
    writer.add("theta", NDArray(shape: [2, 3], values: [0, 0.1, 0.2, 1, 1.1, 1.2]))
    writer.add("größe", NDArray<Int32>(shape: [1], values: [-5]))
    writer.add("names", ["t0", "tE", "α"])
    writer.add("flag", NDArray<UInt8>(shape: [], values: [1]))
    try writer.write(to: folder("b.npz"))
    try CSVTable.write(
      columns: [CSVColumn("x", [0.1, 1e-300]), CSVColumn("y", [.nan, 2452848.0641999654])],
      to: folder("c.csv"))
    try Python.run(
      """
      import numpy as np, sys, zipfile
      d = sys.argv[1]
      a = np.load(d + '/a.npy')
      assert a.dtype == np.float32 and (a == [[1, 2], [3, 0.25]]).all()
      assert zipfile.ZipFile(d + '/b.npz').testzip() is None
      b = np.load(d + '/b.npz')
      assert b.files == ['theta', 'größe', 'names', 'flag'], b.files
      assert (b['theta'] == [[0, 0.1, 0.2], [1, 1.1, 1.2]]).all()
      assert b['größe'].dtype == np.int32 and b['größe'][0] == -5
      assert b['names'].tolist() == ['t0', 'tE', 'α'] and b['flag'] == 1
      c = np.genfromtxt(d + '/c.csv', delimiter=',', names=True)
      assert c['x'].tolist() == [0.1, 1e-300] and np.isnan(c['y'][0])
      assert c['y'][1] == 2452848.0641999654
      """, folder.path)
  }

  @Test(.enabled(if: Python.hasNumPy, "needs python3 with numpy"))
  func weReadWhatNumPyWrites() throws {
    try Python.run(
      """
      import numpy as np, sys
      d = sys.argv[1]
      x = np.sqrt(np.arange(30000.)).reshape(3, 100, 100)
      np.savez_compressed(d + '/a.npz', x=x, t=x.T, f=np.asfortranarray(x), b=x.astype('>f4'))
      np.savez(d + '/b.npz', x=x[:, ::2])
      """, folder.path)
    let values = (0..<30_000).map { Double($0).squareRoot() }
    let archive = try NPZArchive(path: folder("a.npz"))
    #expect(try archive.read("x", as: Double.self).values == values)
    #expect(try archive.read("f", as: Double.self).values == values)
    #expect(try archive.read("b", as: Float.self).values == values.map { Float($0) })
    let transposed = try archive.read("t", as: Double.self)
    #expect(transposed.shape == [100, 100, 3])
    #expect(transposed.values[(7 * 100 + 9) * 3 + 2] == values[2 * 10_000 + 9 * 100 + 7])
    #expect(try NPZArchive(path: folder("b.npz")).shape(of: "x") == [3, 50, 100])
  }

  @Test(.enabled(if: Python.hasSafetensors, "needs python3 with safetensors and numpy"))
  func safetensorsReadsWhatWeWrite() throws {
    let file = SafetensorsFile(
      tensors: [("w", [2, 2], [1, 2, 3, 0.1]), ("a \"q\"\nα", [], [7]), ("none", [0, 3], [])],
      metadata: ["architecture": "{\"layers\": [1]}\n", "α": "ß"])
    try file.write(to: folder("a.safetensors"))
    try Python.run(
      """
      import numpy as np, sys
      from safetensors import safe_open
      with safe_open(sys.argv[1], 'np') as f:
        assert f.metadata() == {'architecture': '{"layers": [1]}\\n', 'α': 'ß'}, f.metadata()
        assert set(f.keys()) == {'w', 'a "q"\\nα', 'none'}, f.keys()
        w = f.get_tensor('w')
        assert w.dtype == np.float32 and (w == np.float32([[1, 2], [3, 0.1]])).all()
        assert f.get_tensor('a "q"\\nα') == 7 and f.get_tensor('none').shape == (0, 3)
      """, folder("a.safetensors"))
  }
}
