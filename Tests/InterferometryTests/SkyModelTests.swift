import Interferometry
import Testing
