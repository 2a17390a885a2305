package io.emporium;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * About half of the tests by their time: a shop's tests wait much, so the build runs two suites side by side, each in a JVM
 * and with servers of its own. {@link SecondSuite} is all that is not named here.
 */
@Suite
@SelectPackages("io.emporium")
@IncludeClassNamePatterns(FirstSuite.TESTS)
class FirstSuite {
    static final String TESTS = "io\\.emporium\\.(cart|deploy|fuzz|inventory|order|outbox|payment|watch)\\..*Test";
}
