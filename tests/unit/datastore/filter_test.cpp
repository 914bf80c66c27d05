#include "datastore/content.hpp"
#include "datastore/filter.hpp"
#include "datastore/narrow.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::datastore::test {
namespace {

struct Case {
    const char* name;
    const char* filter; ///< Inside <top>, or, with a leading '!', as it is.
    const char* result;
};

const char* const data =
    "<name>n</name><size>3</size><plain><a>1</a><b>2</b><deeper><c>x</c></deeper></plain>"
    "<pool><name>p</name><port>1</port><tag>red</tag><tag>blue</tag>"
    "<member><address>a</address><port>1</port><weight>5</weight></member>"
    "<member><address>b</address><port>2</port></member></pool>"
    "<pool><name>q</name><port>2</port><tag>red</tag><m:owner>me</m:owner></pool>"
    "<tag>t1</tag><kind>t:cat</kind>";

}

BOOST_AUTO_TEST_SUITE(filter)

BOOST_AUTO_TEST_CASE(a_subtree_filter_selects_what_section_6_says) {
    const auto context = makeContext();
    const auto tree = yang::Tree::parse(context, content(data), yang::Format::xml);
    for (const auto& one : {
             Case{"an empty filter selects nothing", "!", ""},
             Case{"a container by its name", "!<top xmlns=\"urn:test:store\"/>", data},
             Case{"a leaf by its name", "<name/>", "<name>n</name>"},
             Case{"a leaf of a type that is never empty", "<size/>", "<size>3</size>"},
             Case{"two leaves", "<name/><size/>", "<name>n</name><size>3</size>"},
             Case{"a nested leaf", "<plain><deeper><c/></deeper></plain>",
                  "<plain><deeper><c>x</c></deeper></plain>"},
             Case{"a whole container", "<plain/>",
                  "<plain><a>1</a><b>2</b><deeper><c>x</c></deeper></plain>"},
             Case{"every entry's leaf, with its key", "<pool><port/></pool>",
                  "<pool><name>p</name><port>1</port></pool><pool><name>q</name><port>2</port></pool>"},
             Case{"an entry by its key", "<pool><name>q</name></pool>",
                  "<pool><name>q</name><port>2</port><tag>red</tag><m:owner>me</m:owner></pool>"},
             Case{"one leaf of an entry found by its key", "<pool><name>p</name><port/></pool>",
                  "<pool><name>p</name><port>1</port></pool>"},
             Case{"an entry by another leaf", "<pool><port>2</port></pool>",
                  "<pool><name>q</name><port>2</port><tag>red</tag><m:owner>me</m:owner></pool>"},
             Case{"a value with blanks around it", "<pool><port> 2 </port><name/></pool>",
                  "<pool><name>q</name><port>2</port></pool>"},
             Case{"a content match that fails takes its siblings along", "<pool><name>z</name><port/></pool>",
                  ""},
             Case{"two content matches must both hold", "<pool><name>p</name><port>2</port></pool>", ""},
             Case{"a leaf-list value matches any entry", "<pool><tag>blue</tag><port/></pool>",
                  "<pool><name>p</name><port>1</port><tag>blue</tag></pool>"},
             Case{"all entries of a leaf-list", "<pool><name>p</name><tag/></pool>",
                  "<pool><name>p</name><tag>red</tag><tag>blue</tag></pool>"},
             Case{"an entry inside an entry",
                  "<pool><name>p</name><member><address>a</address><weight/></member></pool>",
                  "<pool><name>p</name><member><address>a</address><port>1</port><weight>5</weight></"
                  "member></pool>"},
             Case{"two filters over one list add up",
                  "<pool><name>p</name><port/></pool><pool><name>q</name><tag/></pool>",
                  "<pool><name>p</name><port>1</port></pool><pool><name>q</name><tag>red</tag></pool>"},
             Case{"a leaf of an augment", "<pool><m:owner/></pool>",
                  "<pool><name>q</name><m:owner>me</m:owner></pool>"},
             Case{"an augment's leaf as a content match", "<pool><m:owner>me</m:owner><port/></pool>",
                  "<pool><name>q</name><port>2</port><m:owner>me</m:owner></pool>"},
             Case{"an identity by another prefix", "<kind xmlns:z=\"urn:test:store\">z:cat</kind><name/>",
                  "<name>n</name><kind>t:cat</kind>"},
             Case{"another identity", "<kind>t:dog</kind><name/>", ""},
             Case{"only a content match selects all beside it", "<name>n</name>", data},
             Case{"another namespace selects nothing", "!<top xmlns=\"urn:nobody\"/>", ""},
             Case{"no namespace selects any", "!<top xmlns=\"\"><name/></top>", "<name>n</name>"},
             Case{"an unknown name selects nothing", "<nonsense/>", ""},
             Case{"a leaf that is not there selects nothing of its entry", "<pool><weight/></pool>", ""},
             Case{"an attribute that no data have", "<name nc:operation=\"merge\"/>", ""},
         }) {
        BOOST_TEST_CONTEXT(one.name) {
            const ParsedRpc rpc(context,
                                "<get><filter type=\"subtree\">" + content(one.filter) + "</filter></get>");
            lyd_node* filter = nullptr;
            lyd_find_path(rpc.get(), "filter", 0, &filter);
            BOOST_REQUIRE(filter);
            const AnyContent inside(filter);
            const auto result = subtreeFilter(tree, inside.first());
            BOOST_TEST(result.print(yang::Format::xml) == canonical(context, one.result));
            // Nor is anything lost when the tree is cut down to what it may select.
            if (const auto where = entriesSelectable(context.raw(), inside.first()))
                BOOST_TEST(subtreeFilter(yang::cut(tree, *where), inside.first()).print(yang::Format::xml) ==
                           canonical(context, one.result));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_filter_that_names_keys_selects_from_these_entries_alone) {
    const auto context = makeContext();
    const auto selectable = [&](const std::string& inside) {
        const ParsedRpc rpc(context, "<get><filter type=\"subtree\">" + content(inside) + "</filter></get>");
        lyd_node* filter = nullptr;
        lyd_find_path(rpc.get(), "filter", 0, &filter);
        const AnyContent nodes(filter);
        return entriesSelectable(context.raw(), nodes.first()).value_or(yang::Entries{"all"});
    };
    const yang::Entries all{"all"};
    const yang::Entries p{"/test-store:top/pool[name='p']"};
    BOOST_TEST((selectable("<pool><name>p</name></pool>") == p));
    BOOST_TEST((selectable("<pool><name> p </name><port/></pool>") == p));
    BOOST_TEST((selectable("<pool><name>p</name></pool><pool><name>q</name></pool>").size() == 2U));
    BOOST_TEST((selectable("<plain/>") == yang::Entries{"/test-store:top/plain"}));
    for (const char* other :
         {"<pool/>", "<pool><port>1</port></pool>", "<name>n</name>", "<pool><name/></pool>",
          "<pool><name>p</name></pool><tag/>", "!<top xmlns=\"urn:test:store\"/>", "!"})
        BOOST_TEST((selectable(other) == all), other);
}

BOOST_AUTO_TEST_CASE(an_xpath_filter_gives_what_it_selects_with_what_leads_to_it) {
    const auto context = makeContext();
    const auto tree = yang::Tree::parse(context, content(data), yang::Format::xml);
    const auto print = [&](const char* expression) {
        return xpathFilter(tree, expression).print(yang::Format::xml);
    };
    BOOST_TEST(print("/test-store:top/pool[port=2]/tag") ==
               canonical(context, "<pool><name>q</name><tag>red</tag></pool>"));
    BOOST_TEST(print("/test-store:top/name | /test-store:top/size") ==
               canonical(context, "<name>n</name><size>3</size>"));
    BOOST_TEST(print("/test-store:top/pool[name='none']").empty());
    BOOST_CHECK_EXCEPTION(print("/test-store:top/["), yang::RpcErrors,
                          [](const auto& refused) { return refused.first().tag == "bad-attribute"; });
}

BOOST_AUTO_TEST_SUITE_END()

}
