import SparseModeling
import Testing
