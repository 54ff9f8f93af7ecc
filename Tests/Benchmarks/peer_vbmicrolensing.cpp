// VBMicrolensing beside Sibyl: `peer_vbmicrolensing reference|measure FOLDER WORK`.
//
// Bozza 2010, MNRAS 408, 2188; Bozza et al. 2018, MNRAS 479, 5157; Bozza et al. 2025, A&A 694,
// A219. Its own C++ interface, called from a loop that does nothing else: the times have no cost of
// Python in them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "VBMicrolensingLibrary.h"

using Column = std::vector<double>;
using Table = std::map<std::string, Column>;

// Relative difference up to which the two codes' tightest answers agree: where they do not, who is
// right is not for this comparison to say, and the row is timed but its error is not counted.
const double kAgreement = 1e-5;
// As on Sibyl's side: five timings, or three, or one, whichever takes no longer than this.
const double kPatience = 3;

Table ReadTable(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  Table table;
  std::vector<std::string> names;
  std::string line, cell;
  std::getline(file, line);
  for (std::istringstream row(line); std::getline(row, cell, ',');) names.push_back(cell);
  while (std::getline(file, line)) {
    std::istringstream row(line);
    for (const auto& name : names) {
      if (!std::getline(row, cell, ',')) throw std::runtime_error(path + ": a short row: " + line);
      table[name].push_back(std::stod(cell));
    }
  }
  return table;
}

// Sources (s, q, x, y; with rho and u1 a disc), or light curves at `times`.
struct Work {
  Table table;
  Column times;

  Work(const std::string& folder, const std::string& name)
      : table(ReadTable(folder + "/" + name + ".csv")) {
    if (IsCurves()) times = ReadTable(folder + "/" + name + ".times.csv").at("time");
  }

  bool Has(const char* column) const { return table.count(column) > 0; }
  bool IsCurves() const { return !Has("x"); }
  bool IsLimbDarkened() const { return Has("u1") && table.at("u1")[0] > 0; }
  size_t Units() const { return table.at("s").size(); }
  size_t Rows() const { return Units() * (IsCurves() ? times.size() : 1); }

  // The first values, as many as `result` holds.
  void Magnifications(VBMicrolensing& vbm, Column& result) const {
    const Column &s = table.at("s"), &q = table.at("q");
    if (IsCurves()) {
      const Column &u0 = table.at("u0"), &alpha = table.at("alpha"), &rho = table.at("rho");
      const Column &tE = table.at("tE"), &t0 = table.at("t0");
      Column t = times, y1(times.size()), y2(times.size());
      for (size_t i = 0; i * t.size() < result.size(); ++i) {
        double parameters[] = {log(s[i]),   log(q[i]),  u0[i], alpha[i],
                               log(rho[i]), log(tE[i]), t0[i]};
        vbm.BinaryLightCurve(
            parameters, t.data(), &result[i * t.size()], y1.data(), y2.data(), int(t.size()));
      }
      return;
    }
    const Column &x = table.at("x"), &y = table.at("y");
    if (!Has("rho")) {
      for (size_t i = 0; i < result.size(); ++i) result[i] = vbm.BinaryMag0(s[i], q[i], x[i], y[i]);
      return;
    }
    const Column &rho = table.at("rho"), &u1 = table.at("u1");
    for (size_t i = 0; i < result.size(); ++i) {
      vbm.a1 = u1[i];
      result[i] = vbm.BinaryMag2(s[i], q[i], x[i], y[i], rho[i]);
    }
  }
};

// It stops at the first of Tol (absolute) and RelTol that is met; a Tol of 1e-9 is never the first,
// but makes it trace the images of every source, however far from caustics.
struct Setting {
  std::string series;
  double tol, rel_tol;

  std::string Text() const {
    std::ostringstream text;
    if (series != "RelTol") text << "Tol " << tol;
    if (series == "Tol and RelTol") text << ", ";
    if (series != "Tol") text << "RelTol " << rel_tol;
    return text.str();
  }

  // On the heap: it holds tables.
  std::unique_ptr<VBMicrolensing> Solver() const {
    auto vbm = std::make_unique<VBMicrolensing>();
    vbm->Tol = tol;
    vbm->RelTol = rel_tol;
    return vbm;
  }
};

std::vector<Setting> Settings(const Work& work, const std::string& name) {
  if (!work.Has("rho")) return {{"point source", 1e-2, 0}};
  std::vector<Setting> all;
  const int tightest = work.IsLimbDarkened() ? 4 : 5;
  // Limb darkening by Tol alone is its slowest way, and RelTol reaches smaller errors sooner.
  const int tightest_tol = work.IsLimbDarkened() ? 3 : 5;
  for (int k = 1; k <= tightest_tol; ++k) all.push_back({"Tol", pow(10, 1 - k), 0});
  // Far from caustics this one takes many times longer.
  if (name.rfind("near-caustic", 0) == 0) {
    for (int k = 1; k <= tightest; ++k) all.push_back({"RelTol", 1e-9, pow(10, -k)});
  }
  for (int k = 1; k <= tightest; ++k) {
    all.push_back({"Tol and RelTol", pow(10, 1 - k), pow(10, -k)});
  }
  return all;
}

const Setting kTight = {"Tol and RelTol", 3e-7, 3e-7};

// Its own limb darkening ends with at most 100 annuli, above 1e-5, so its tightest answer is our
// integral over its uniform discs: A (1 - u/3) = (1 - u) A(rho) + u times the integral of
// (1 - m^2) A(rho sqrt(1 - m^2)) over m from 0 to 1, by adaptive Simpson.
class LimbDarkened {
 public:
  LimbDarkened(VBMicrolensing& vbm, double s, double q, double x, double y, double rho)
      : vbm_(vbm), s_(s), q_(q), x_(x), y_(y), rho_(rho) {}

  double Magnification(double u) {
    // Intervals enough that a caustic inside the disc is seen by one of them.
    const int count = 24;
    const double scale = Disc(0), step = 1.0 / count;
    double sum = 0, left = scale;
    for (int k = 0; k < count; ++k) {
      const double right = Integrand((k + 1) * step), middle = Integrand((k + 0.5) * step);
      sum += Simpson(k * step, step, left, middle, right, 3e-8 * scale, 14);
      left = right;
    }
    return ((1 - u) * scale + u * sum) / (1 - u / 3);
  }

 private:
  VBMicrolensing& vbm_;
  double s_, q_, x_, y_, rho_;

  double Disc(double m) { return vbm_.BinaryMag2(s_, q_, x_, y_, rho_ * sqrt(1 - m * m)); }
  double Integrand(double m) { return m < 1 ? (1 - m * m) * Disc(m) : 0; }

  double Simpson(
      double start, double width, double left, double middle, double right, double tolerance,
      int depth) {
    const double first = Integrand(start + width / 4), second = Integrand(start + 3 * width / 4);
    const double whole = width / 6 * (left + 4 * middle + right);
    const double halves = width / 12 * (left + 4 * first + 2 * middle + 4 * second + right);
    const double change = (halves - whole) / 15;
    // The tolerance is each interval's own: few of them, at the caustics, come near it.
    if (depth == 0 || std::abs(change) < tolerance) return halves + change;
    return Simpson(start, width / 2, left, first, middle, tolerance, depth - 1) +
           Simpson(start + width / 2, width / 2, middle, second, right, tolerance, depth - 1);
  }
};

Column TightMagnifications(const Work& work, size_t count) {
  Column values(count);
  const auto vbm = kTight.Solver();
  if (!work.IsLimbDarkened()) {
    work.Magnifications(*vbm, values);
    return values;
  }
  const Table& t = work.table;
  for (size_t i = 0; i < count; ++i) {
    LimbDarkened source(
        *vbm, t.at("s")[i], t.at("q")[i], t.at("x")[i], t.at("y")[i], t.at("rho")[i]);
    values[i] = source.Magnification(t.at("u1")[i]);
  }
  return values;
}

// Relative; what is no magnification counts as wrong by 100 %.
double Error(double value, double reference) {
  const double error = std::abs(value / reference - 1);
  return std::isfinite(error) ? error : 1;
}

double Quantile(const Column& sorted, double p) {
  return sorted[std::min(sorted.size() - 1, size_t(p * double(sorted.size())))];
}

double ProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

// Blanks the rows of the reference, which Sibyl wrote, on which the codes disagree.
void Reference(const std::string& folder, const std::string& name) {
  const Work work(folder, name);
  const std::string path = folder + "/" + name + ".reference.csv";
  Column reference = ReadTable(path).at("magnification");
  const Column values = TightMagnifications(work, reference.size());
  Column differences;
  size_t differing = 0;
  std::ostringstream text;
  text.precision(17);
  text << "magnification\n";
  for (size_t i = 0; i < reference.size(); ++i) {
    differences.push_back(Error(values[i], reference[i]));
    const bool agrees = differences.back() < kAgreement;
    differing += !agrees;
    text << (agrees ? reference[i] : NAN) << "\n";
  }
  std::sort(differences.begin(), differences.end());
  if (!(std::ofstream(path) << text.str())) throw std::runtime_error(path + ": cannot be written");
  std::printf(
      "{\"work\": \"%s\", \"side\": \"reference\", \"setting\": \"agreement\", \"seconds\": 0, "
      "\"units\": %zu, \"details\": {\"differing\": %zu, \"p95\": %.3g, \"worst\": %.3g}}\n",
      name.c_str(), reference.size(), differing, Quantile(differences, 0.95), differences.back());
}

void Measure(const std::string& folder, const std::string& name) {
  const Work work(folder, name);
  const Column reference = ReadTable(folder + "/" + name + ".reference.csv").at("magnification");
  Column values(work.Rows());
  for (const Setting& setting : Settings(work, name)) {
    const auto vbm = setting.Solver();
    const auto timed = [&] {
      const double start = ProcessorSeconds();
      work.Magnifications(*vbm, values);
      return ProcessorSeconds() - start;
    };
    Column seconds = {timed()};
    // The first call warms up, unless it is so long that one is enough.
    const int repeats = 5 * seconds[0] <= kPatience ? 5 : 3 * seconds[0] <= kPatience ? 3 : 0;
    if (repeats > 0) seconds.clear();
    for (int k = 0; k < repeats; ++k) seconds.push_back(timed());
    std::sort(seconds.begin(), seconds.end());
    std::printf(
        "{\"work\": \"%s\", \"side\": \"VBMicrolensing\", \"series\": \"%s\", \"setting\": \"%s\", "
        "\"seconds\": %.6g, \"units\": %zu",
        name.c_str(), setting.series.c_str(),
        work.Has("rho") ? setting.Text().c_str() : setting.series.c_str(),
        seconds[seconds.size() / 2], work.Units());
    Column errors;
    for (size_t i = 0; i < reference.size(); ++i) {
      if (!std::isnan(reference[i])) errors.push_back(Error(values[i], reference[i]));
    }
    std::sort(errors.begin(), errors.end());
    if (!errors.empty()) {
      std::printf(
          ", \"error\": {\"p50\": %.3g, \"p95\": %.3g, \"p99\": %.3g, \"worst\": %.3g}",
          Quantile(errors, 0.5), Quantile(errors, 0.95), Quantile(errors, 0.99), errors.back());
    }
    std::printf("}\n");
    std::fflush(stdout);
  }
}

int main(int count, char** arguments) {
  const std::string command = count == 4 ? arguments[1] : "";
  if (command != "reference" && command != "measure") {
    std::fprintf(stderr, "usage: peer_vbmicrolensing reference|measure FOLDER WORK\n");
    return 64;
  }
  try {
    (command == "reference" ? Reference : Measure)(arguments[2], arguments[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
