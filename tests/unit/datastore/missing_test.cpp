#include "datastore/missing.hpp"
#include "yang/context.hpp"
#include "yang/error.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace headgate;

BOOST_AUTO_TEST_SUITE(missing)

namespace {

constexpr const char* module = R"(module shop {
  yang-version 1.1; namespace "urn:shop"; prefix s;
  container shop {
    list shelf {
      key "name";
      leaf name { type string; }
      leaf width { type uint8; mandatory true; }
      leaf-list tag { type string; min-elements 1; }
      choice end { case open { list item { key "id"; max-elements 2; leaf id { type uint8; }
        leaf price { type uint8; mandatory true; } } } }
    }
    leaf owner { when "../shelf"; type string; mandatory true; }
  }
})";

struct Lacking {
    const char* content;
    const char* path;
};
std::ostream& operator<<(std::ostream& out, const Lacking& lacking) {
    return out << lacking.content;
}

const Lacking lacking[] = {
    {"<owner>o</owner><shelf><name>a</name><width>1</width><tag>t</tag></shelf><shelf><name>b</name><tag>t</"
     "tag></shelf>",
     "/shop:shop/shelf[name='b']/width"},
    {"<owner>o</owner><shelf><name>a</name><width>1</width><tag>t</tag></shelf><shelf><name>b</"
     "name><width>1</width></shelf>",
     "/shop:shop/shelf[name='b']/tag"},
    {"<owner>o</owner><shelf><name>a</name><width>1</width><tag>t</tag><item><id>1</id><price>1</price></"
     "item><item><id>2</"
     "id>"
     "</item></shelf>",
     "/shop:shop/shelf[name='a']/item[id='2']/price"},
    {"<owner>o</owner><shelf><name>a</name><width>1</width><tag>t</tag></shelf><shelf><name>b</"
     "name><width>1</width><tag>t</"
     "tag>"
     "<item><id>1</id><price>1</price></item><item><id>2</id><price>1</price></item><item><id>3</id>"
     "<price>1</price></item></shelf>",
     "/shop:shop/shelf[name='b']/item[id='3']"},
    {"<shelf><name>a</name><width>1</width><tag>t</tag></shelf>", "/shop:shop/owner"}};

}

BOOST_DATA_TEST_CASE(is_told_of_the_entry_that_it_is_missing_in, boost::unit_test::data::make(lacking),
                     each) {
    yang::Context context;
    context.loadText(module);
    const auto text = "<shop xmlns=\"urn:shop\">" + std::string(each.content) + "</shop>";
    auto tree = yang::Tree::parse(context, text, yang::Format::xml);
    try {
        tree.validate();
        BOOST_FAIL("it is valid");
    } catch (const yang::Error& error) {
        auto told = yang::toRpcErrors(error).errors().front();
        datastore::locate(told, tree);
        BOOST_TEST(told.path == each.path);
    }
}

BOOST_AUTO_TEST_CASE(leaves_the_path_of_every_other_error) {
    yang::Context context;
    context.loadText(module);
    const auto tree = yang::Tree::parse(context, "<shop xmlns=\"urn:shop\"/>", yang::Format::xml);
    for (const char* path : {"", "/shop:shop/shelf/width", "/no:thing"}) {
        yang::RpcError error;
        error.tag = "data-missing";
        error.path = path;
        datastore::locate(error, tree);
        BOOST_TEST(error.path == path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
