package io.emporium;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** Every test that is not in {@link FirstSuite}. */
@Suite
@SelectPackages("io.emporium")
@ExcludeClassNamePatterns(FirstSuite.TESTS)
class SecondSuite {}
